// What an API key is allowed to do.
import type { Caller } from "./context.ts";
import { AppError } from "./errors.ts";

/** Whether scopes include a scope: by itself, as `*:read` or `*:write`, or as `*`. */
export function hasScope(scopes: readonly string[], scope: string): boolean {
	return scopes.some(
		(own) => own === scope || own === "*" || own === `*:${scope.slice(scope.indexOf(":") + 1)}`,
	);
}

/**
 * Requires that the caller's key has a scope.
 * @throws AppError 403 that names the scope
 */
export function requireScope(caller: Pick<Caller, "scopes">, scope: string): void {
	if (!hasScope(caller.scopes, scope))
		throw new AppError("FORBIDDEN", `This API key lacks the scope ${scope}.`);
}
