// What a key may do.
import type { Caller } from "./context.ts";
import { AppError } from "./errors.ts";

/** Whether scopes cover another: itself, `*:read` or `*:write` of its verb, or `*`. */
export function covers(scopes: readonly string[], scope: string): boolean {
	return scopes.some(
		(held) => held === scope || held === "*" || held === `*:${scope.slice(scope.indexOf(":") + 1)}`,
	);
}

/**
 * A key may do what one of its scopes covers.
 * @throws AppError 403 that names the scope
 */
export function requireScope(caller: Caller, scope: string): void {
	if (!covers(caller.scopes, scope))
		throw new AppError("FORBIDDEN", `This API key lacks the scope ${scope}.`);
}
