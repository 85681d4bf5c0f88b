// If-Match: a change of a row is refused unless the row has the version that the caller knows.
import { AppError } from "../errors.ts";

/** Whether the caller's If-Match allows a change of this version. */
export type VersionCondition = (version: number) => boolean;

/** 412: the row has another version than the caller names, in If-Match or elsewhere. */
export const staleVersion = (named = "If-Match names") =>
	new AppError("PRECONDITION_FAILED", `The resource has changed since the version that ${named}.`);

/** @throws AppError 412 if the version of a row does not meet the condition */
export function requireVersion(
	{ version }: { readonly version?: unknown },
	condition: VersionCondition | null,
): void {
	if (condition && !condition(Number(version))) throw staleVersion();
}
