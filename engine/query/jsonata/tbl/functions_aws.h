/* SPDX-License-Identifier: Apache-2.0
 *
 * JN_FUNCTION(name, signature, arity, C function): what Step Functions adds to the language.
 */
JN_FUNCTION("partition", "<an:a>", 2, partition)
JN_FUNCTION("range", "<nnn?:a>", 3, range)
JN_FUNCTION("hash", "<ss?:s>", 2, hash)
JN_FUNCTION("random", "<n?:n>", 1, random_seeded)
JN_FUNCTION("uuid", "<:s>", 0, uuid)
JN_FUNCTION("parse", "<s:x>", 1, parse)
