// Any thrown thing becomes the one error body. What we did not foresee is logged whole and told to nobody.
import type { Context } from "hono";
import { AppError } from "../errors.ts";
import { fault } from "../log.ts";
import { respondError } from "./answer.ts";
import type { AppEnv } from "./endpoint.ts";

/** The error that a caller may see of a thrown thing. */
export function tellable(error: unknown, requestId: string): AppError {
	if (error instanceof AppError) return error;
	fault("unexpected", { requestId }, error);
	return new AppError("INTERNAL_ERROR", "Something failed on our side.");
}

export function onError(error: Error, c: Context<AppEnv>): Response {
	const requestId = c.get("requestId");
	return respondError(tellable(error, requestId), requestId);
}
