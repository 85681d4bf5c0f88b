// Any thrown thing becomes the one error body. What we did not foresee is logged whole and told to nobody.
import type { Context } from "hono";
import { AppError } from "../errors.ts";
import { fault } from "../log.ts";
import { respondError } from "./answer.ts";
import type { AppEnv } from "./endpoint.ts";

export function onError(error: Error, c: Context<AppEnv>): Response {
	const requestId = c.get("requestId");
	if (error instanceof AppError) return respondError(error, requestId);
	fault("unexpected", { requestId }, error);
	return respondError(new AppError("INTERNAL_ERROR", "Something failed on our side."), requestId);
}
