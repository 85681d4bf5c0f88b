// Everything that is thrown becomes an error response. What failed on our side is logged with its details, which callers don't see.
import type { Context } from "hono";
import { AppError, internalError } from "../errors.ts";
import { logFault } from "../log.ts";
import { respondError } from "./answer.ts";
import type { AppEnv } from "./endpoint.ts";

/** The error that the caller gets for anything that is thrown. */
export function toAppError(error: unknown, requestId: string): AppError {
	if (error instanceof AppError) {
		if (error.cause !== undefined) logFault("unavailable", { requestId }, error.cause);
		return error;
	}
	logFault("unexpected", { requestId }, error);
	return internalError();
}

export const onError = (error: Error, c: Context<AppEnv>): Response =>
	answerError(c, toAppError(error, c.get("requestId")));

/** The response to a failed request; the request log finds its error in the context. */
export function answerError(c: Pick<Context<AppEnv>, "error" | "get">, error: AppError): Response {
	c.error = error;
	return respondError(error, c.get("requestId"));
}
