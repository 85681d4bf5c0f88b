// Two days or two instants of a record that must be in order.
import { badRequest } from "../errors.ts";

/**
 * Requires that the time in one field is not after that in another, if both are set. They are compared as text.
 * @param given the input: the error names the later field if it is in there, else the earlier one
 * @throws AppError 400
 */
export function requireOrder<Earlier extends string, Later extends string>(
	given: object,
	fields: Readonly<Record<Earlier | Later, string | null>>,
	earlier: Earlier,
	later: Later,
): void {
	const [first, second] = [fields[earlier], fields[later]];
	if (first === null || second === null || first <= second) return;
	throw later in given
		? badRequest(later, `Must not be before ${earlier}.`)
		: badRequest(earlier, `Must not be after ${later}.`);
}
