/* SPDX-License-Identifier: Apache-2.0
 *
 * The handlers of booking.asl.json: reserve, lookup and revert, over one table of apartments.
 */
#ifndef BOOKING_HANDLERS_H
#define BOOKING_HANDLERS_H

#include <asl.h>

#include "examples/apartment_booking/apartments.h"

/* Registers them; `table` is borrowed for the engine's life. */
int booking_register(asl_engine *engine, apartments *table, asl_error *reterr);

/* The plug-in's entry (asl run --handlers libbooking.so): the table of $BOOKING_DB. */
extern asl_plugin_fn asl_plugin;

#endif
