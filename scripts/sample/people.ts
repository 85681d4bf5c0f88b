// People and companies, made from the names in world.ts. The same index always returns the same one.
import { itemAt } from "./random.ts";
import { type Place, places } from "./world.ts";

export interface Company {
	readonly name: string;
	readonly place: Place;
	readonly domain: string;
}

export interface Person {
	readonly firstName: string;
	readonly lastName: string;
	readonly phone: string;
	readonly place: Place;
}

/** One of 48 companies, from all countries in turn. */
export function company(index: number): Company {
	const place = itemAt(places, index);
	const name = itemAt(place.companies, Math.floor(index / places.length));
	return { name, place, domain: `${handle(name, "-")}.example` };
}

/** One of 300 people, from all countries in turn. */
export function person(index: number): Person {
	const place = itemAt(places, index);
	const turn = Math.floor(index / places.length);
	return {
		place,
		firstName: itemAt(place.firstNames, turn),
		// Shifted by one each time the first names repeat, so that no pair occurs twice.
		lastName: itemAt(place.lastNames, turn + Math.floor(turn / place.firstNames.length)),
		phone: `${place.phone}${String(index).padStart(4, "0")}`,
	};
}

export function emailAddress(name: string, domain: string): string {
	return `${handle(name, ".")}@${domain}`;
}

/** Letters that are not a base letter with an accent. */
const LETTERS: Readonly<Record<string, string>> = {
	æ: "ae",
	ø: "o",
	ł: "l",
	đ: "d",
	ß: "ss",
	ı: "i",
};

function handle(name: string, blank: string): string {
	const plain = name.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "");
	const latin = plain.replaceAll(/[æøłđßı]/g, (letter) => LETTERS[letter] ?? "");
	return latin.replaceAll(/[^a-z0-9 ]/g, "").replaceAll(" ", blank);
}
