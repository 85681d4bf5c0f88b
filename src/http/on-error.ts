// Everything that is thrown becomes an error response. Unexpected errors are logged with their details, which callers don't see.
import type { Context } from "hono";
import { AppError, internalError } from "../errors.ts";
import { logFault } from "../log.ts";
import { respondError } from "./answer.ts";
import type { AppEnv } from "./endpoint.ts";

/** The error that the caller gets for anything that is thrown. */
export function toAppError(error: unknown, requestId: string): AppError {
	if (error instanceof AppError) return error;
	logFault("unexpected", { requestId }, error);
	return internalError();
}

export function onError(error: Error, c: Context<AppEnv>): Response {
	const requestId = c.get("requestId");
	return respondError(toAppError(error, requestId), requestId);
}
