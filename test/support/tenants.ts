// Checks that a statement on a tenant table binds the organization's id and compares it with the table's column. Every
// statement that the Worker sends in any test is checked (setup.ts).
import { exceptions } from "./tenant-exceptions.ts";
import { Reader, type Reading } from "./tenant-reader.ts";

const readings = new Map<string, Reading>();

/** The problem of a statement; null if it binds the organization for each of its tables. */
export function problemOf(text: string, values: readonly unknown[]): string | null {
	const reading = readings.get(text) ?? new Reader(text).reading();
	readings.set(text, reading);
	if (reading.unboundTables.length > 0)
		return `does not say whose ${reading.unboundTables.join(", ")} it means`;
	if (reading.ownerIndexes.some((index) => !/^org_/.test(String(values[index]))))
		return "binds no organization";
	if (reading.listed && !values.some((value) => /\borg_\w{26}\b/.test(String(value))))
		return "binds no list of an organization's rows";
	if (reading.searches && !values.some((value) => /^organization:"\w{26}" AND /.test(String(value))))
		return "searches the words of all organizations";
	return null;
}

/** The organization ids that a statement compares columns with. */
function ownersIn(text: string, values: readonly unknown[]): string[] {
	return (readings.get(text)?.ownerIndexes ?? []).map((index) => String(values[index]));
}

const isException = (text: string, request: boolean) =>
	exceptions.some(({ statement, inRequests }) => (inRequests || !request) && statement.test(text));

/** Checks all statements that are sent: none may reach rows of another organization. */
export class TenantWatch {
	private readonly problems = new Set<string>();
	/** The organizations of each request's statements. */
	private readonly callers = new WeakMap<object, string>();

	check(text: string, values: readonly unknown[], invocation: { readonly request: boolean }): void {
		const fault = problemOf(text, values) ?? this.foreignOrganizationIn(text, values, invocation);
		if (fault && !isException(text, invocation.request)) this.problems.add(`${fault}: ${text}`);
	}

	private foreignOrganizationIn(
		text: string,
		values: readonly unknown[],
		invocation: { readonly request: boolean },
	) {
		const owner = invocation.request ? this.callers.get(invocation) : undefined;
		const [first, ...others] = ownersIn(text, values);
		if (first && !owner) this.callers.set(invocation, first);
		const isOne = [first, ...others].every((one) => !one || one === (owner ?? first));
		return isOne || !invocation.request ? null : "means rows of two organizations in one request";
	}

	/** Returns the problems since the last call. */
	takeProblems(): string[] {
		const found = [...this.problems];
		this.problems.clear();
		return found;
	}
}
