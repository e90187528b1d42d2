/* SPDX-License-Identifier: Apache-2.0
 *
 * JN_FUNCTION(name, signature, arity, C function): what Step Functions adds to the language.
 */
