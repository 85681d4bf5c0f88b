// The full name of a person who also has a first and a last name.

import { hasAtMost } from "../characters.ts";
import { fullName } from "../db/folded.ts";
import { badRequest } from "../errors.ts";

const MAX_NAME_CHARACTERS = 255;

interface Person {
	readonly name: string;
	readonly firstName: string | null;
	readonly lastName: string | null;
}

/**
 * The fields with their full name: the `given` one, else the one made from first and last name if it was not set to
 * another value, else the previous one.
 * @throws AppError 400 if there is no name, or if first and last name together are too long
 */
export function withName<T extends Person>(fields: T, given: string | undefined, before: Person | null): T {
	const made = fullName(fields.firstName, fields.lastName);
	const follows = before === null || before.name === fullName(before.firstName, before.lastName);
	const name = given ?? ((follows && made) || before?.name);
	if (name === undefined) throw badRequest("name", "Required, unless firstName or lastName is given.");
	if (!hasAtMost(MAX_NAME_CHARACTERS, name))
		throw badRequest(
			"name",
			`At most ${MAX_NAME_CHARACTERS} characters, but firstName and lastName are longer together: send name as well.`,
		);
	return { ...fields, name };
}
