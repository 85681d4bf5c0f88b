// Who may have names sent beside ids, and see them in the log: those who may read the records.
import type { Caller } from "../context.ts";
import { type Named, namedPaths } from "../delivery/names.ts";
import { identities, scopeOf } from "../identities.ts";
import { hasScope, requireScope } from "../scopes.ts";

const readScope = (path: Named) => scopeOf(identities[path], "read");

/** Whether a caller may see the names of a resource. */
export const mayShow =
	({ scopes }: Pick<Caller, "scopes">) =>
	(path: Named): boolean =>
		hasScope(scopes, readScope(path));

/**
 * Requires that the caller may read the resources whose names are sent.
 * @throws AppError 403 that names the missing scope
 */
export function requireNames(caller: Caller, expanded: readonly string[]): void {
	for (const path of namedPaths) if (expanded.includes(path)) requireScope(caller, readScope(path));
}
