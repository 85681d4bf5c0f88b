// What the bare and the floor Worker do with leads: their queries, and what a create writes.

export const getLead = (db: D1Database, id: string) =>
	db.prepare("SELECT * FROM leads WHERE id = ?").bind(id).first();

export const listLeads = async (db: D1Database) =>
	(await db.prepare("SELECT * FROM leads ORDER BY id DESC LIMIT 20").all()).results;

/** The lead of a request's body, and the statements that insert it and its event. */
export async function draftLead(db: D1Database, request: { json(): Promise<Record<string, unknown>> }) {
	const { name, email, company, score } = await request.json();
	const now = Date.now();
	const id = `ld_${now}_${crypto.randomUUID()}`;
	const lead = { id, createdAt: now, updatedAt: now, name, email, company, score };
	const insert = `INSERT INTO leads (${Object.keys(lead)}) VALUES (?, ?, ?, ?, ?, ?, ?)`;
	const statements = [
		db.prepare(insert).bind(...Object.values(lead)),
		db.prepare("INSERT INTO events VALUES (?, 'lead.created', ?)").bind(lead.id, JSON.stringify(lead)),
	];
	return { lead, statements };
}
