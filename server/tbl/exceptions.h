/* SPDX-License-Identifier: Apache-2.0
 *
 * X(id, name, HTTP status, namespace): what an answer of trouble may be, and EXCEPTION_OF(code, name,
 * ...): what a code of the library is when nobody said more. Those of the service that are not
 * here have status 400.
 */
/* clang-format off */
#ifdef X
X(SERVICE, "", 400, "com.amazonaws.swf.service.v2.model")
X(VALIDATION, "ValidationException", 400, "com.amazon.coral.validate")
X(SERIALIZATION, "SerializationException", 400, "com.amazon.coral.service")
X(UNKNOWN_OPERATION, "UnknownOperationException", 404, "com.amazon.coral.service")
X(TOO_LARGE, "RequestEntityTooLargeException", 413, "com.amazon.coral.service")
X(FAILURE, "InternalFailure", 500, "com.amazon.coral.service")
X(UNAVAILABLE, "ServiceUnavailableException", 503, "com.amazon.coral.availability")
X(THROTTLED, "ThrottlingException", 400, "com.amazon.coral.availability")
X(MISSING_TOKEN, "MissingAuthenticationTokenException", 400, "com.amazon.coral.service")
X(INCOMPLETE_SIGNATURE, "IncompleteSignatureException", 400, "com.amazon.coral.service")
X(INVALID_SIGNATURE, "InvalidSignatureException", 400, "com.amazon.coral.service")
X(UNRECOGNIZED_CLIENT, "UnrecognizedClientException", 400, "com.amazon.coral.service")
#endif
#ifdef CODE
CODE(ASL_EINVAL, SERVICE, "ValidationException")
CODE(ASL_EJSON, SERVICE, "ValidationException")
CODE(ASL_EDEFINITION, SERVICE, "InvalidDefinition")
CODE(ASL_ENOTFOUND, SERVICE, "ResourceNotFound")
CODE(ASL_EEXISTS, SERVICE, "ExecutionAlreadyExists")
CODE(ASL_ELIMIT, SERVICE, "ServiceQuotaExceededException")
CODE(ASL_EHANDLER, SERVICE, "ValidationException")
CODE(ASL_ETOKEN, SERVICE, "InvalidToken")
CODE(ASL_EENDED, SERVICE, "TaskTimedOut")
CODE(ASL_EREDRIVE, SERVICE, "ExecutionNotRedrivable")
CODE(ASL_ENOSPACE, UNAVAILABLE, NULL)
CODE(ASL_ECLOSED, UNAVAILABLE, NULL)
#endif
