/* SPDX-License-Identifier: Apache-2.0
 *
 * The provider as a plug-in of the command, on the working directory: asl run --handlers ./files.so
 */
#include "files_provider.h"

asl_plugin_fn asl_plugin;

int asl_plugin(asl_engine *engine, asl_error *reterr)
{
    return files_provider_add(engine, ".", reterr);
}
