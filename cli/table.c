/* SPDX-License-Identifier: Apache-2.0
 *
 * Aligned columns for people.
 *
 * Widths are counted in characters (code points), so that names beyond ASCII stay in line.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static bool continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += !continues(*text);
    return width;
}

void cli_table_add(struct cli_table *table, ...)
{
    if (table->count + table->columns > table->room) {
        table->room = table->room * 2 + 16 * table->columns;
        table->cells =
            cli_must(realloc(table->cells, table->room * sizeof *table->cells));
    }
    va_list cells;
    va_start(cells, table);
    for (size_t i = 0; i < table->columns; i++) {
        const char *cell = va_arg(cells, const char *);
        table->cells[table->count++] = cli_must(strdup(cell ? cell : "-"));
    }
    va_end(cells);
}

static size_t column_width(const struct cli_table *table, size_t column)
{
    size_t widest = 0;
    for (size_t i = column; i < table->count; i += table->columns) {
        size_t width = width_of(table->cells[i]);
        widest = width > widest ? width : widest;
    }
    return widest;
}

void cli_table_print(const struct cli_table *table)
{
    size_t *widths = cli_must(calloc(table->columns, sizeof *widths));
    for (size_t column = 0; column < table->columns; column++)
        widths[column] = column_width(table, column);
    for (size_t i = 0; i < table->count; i++) {
        size_t column = i % table->columns;
        bool last = column == table->columns - 1;
        fputs(table->cells[i], stdout);
        size_t pad = last ? 0 : widths[column] - width_of(table->cells[i]) + 2;
        printf("%*s%s", (int)pad, "", last ? "\n" : "");
    }
    free(widths);
}

void cli_table_done(struct cli_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i]);
    free(table->cells);
}

char *cli_shorten(const char *text, size_t max)
{
    bool whole = width_of(text) <= max;
    size_t keep = whole ? max : max - 3, width = 0, len = 0;
    for (; text[len]; len++) {
        if (!continues(text[len]) && ++width > keep)
            break;
    }
    char *line = cli_must(malloc(len + 4));
    for (size_t i = 0; i < len; i++)
        line[i] = (unsigned char)text[i] < ' ' ? ' ' : text[i];
    strcpy(line + len, whole ? "" : "...");
    return line;
}
