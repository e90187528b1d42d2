/* SPDX-License-Identifier: Apache-2.0
 *
 * X(symbol): every state type, in the order in which AWS's diagnostics list them.
 */
X(task)
X(wait)
X(pass)
X(succeed)
X(fail)
X(choice)
X(parallel)
X(map)
