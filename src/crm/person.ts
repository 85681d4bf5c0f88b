// The name of a person, who has a first and a last one, too.
import { fullName } from "../db/folded.ts";
import { badRequest } from "../errors.ts";

/** As long as a name may be that is given by itself. */
const MOST_NAME = 255;

interface Person {
	readonly name: string;
	readonly firstName: string | null;
	readonly lastName: string | null;
}

/**
 * Fields with the name they come to have: the one that is `given`, else the one made of its parts where it is new or was
 * made of them, else the one before.
 * @throws AppError 400 for a new one without any, and for parts that make too long a one
 */
export function withName<T extends Person>(fields: T, given: string | undefined, before: Person | null): T {
	const made = fullName(fields.firstName, fields.lastName);
	const follows = before === null || before.name === fullName(before.firstName, before.lastName);
	const name = given ?? ((follows && made) || before?.name);
	if (name === undefined)
		throw badRequest({ path: "name", message: "Required, unless firstName or lastName is given." });
	if (name.length > MOST_NAME)
		throw badRequest({
			path: "name",
			message: `At most ${MOST_NAME} characters, which the parts exceed: give it by itself.`,
		});
	return { ...fields, name };
}
