// The tools, in the order in which an agent reads them. Few, because it reads all of them each time; what isn't here is
// in the API, which /llms.txt describes.
import { deliveryTools } from "./deliveries.ts";
import { moveDeal } from "./move-deal.ts";
import { searchRecords } from "./search.ts";
import { ADDS, CHANGES, direct, pageWords, READS, recordWords, type Tool } from "./tool.ts";

const find = (kind: string, noun: string, operationId: string, more: string) =>
	direct({
		name: `find_${kind}`,
		operationId,
		scope: `${kind}:read`,
		title: `Find ${kind}`,
		description: `A page of ${kind} by any of their fields, sorted as you like; several filters mean AND, several values of one mean OR. ${more}`,
		hints: READS,
		words: pageWords(noun),
	});

const create = (noun: string, operationId: string, more: string) =>
	direct({
		name: `create_${noun}`,
		operationId,
		scope: `${noun}s:write`,
		title: `Create a ${noun}`,
		description: `Creates a ${noun} and shows it as it is stored. ${more}`,
		hints: ADDS,
		words: recordWords("Created"),
	});

const update = (noun: string, operationId: string, more: string) =>
	direct({
		name: `update_${noun}`,
		operationId,
		scope: `${noun}s:write`,
		title: `Update a ${noun}`,
		description: `Changes the fields you send and no others; null clears one. ${more}`,
		hints: CHANGES,
		words: recordWords("Updated"),
	});

export const tools: readonly Tool[] = [
	searchRecords,
	find("leads", "lead", "listLeads", "For words in a name, search_records looks everywhere."),
	direct({
		name: "get_lead",
		operationId: "getLead",
		scope: "leads:read",
		title: "Get a lead",
		description:
			"One lead by its id, with all of its fields. search_records does the same for clients, deals and tasks.",
		hints: READS,
		words: recordWords("The lead"),
	}),
	create("lead", "createLead", "Look with search_records first whether the person is known already."),
	update(
		"lead",
		"updateLead",
		"Lists such as tagIds are replaced as a whole: send what shall be there afterwards.",
	),
	find("deals", "deal", "listDeals", "status is ACTIVE, WON or LOST."),
	create("deal", "createDeal", "It needs a client: find its id with search_records."),
	moveDeal,
	find("tasks", "task", "listTasks", "entityId is the id of the lead, client or deal that it is about."),
	create("task", "createTask", "Send entity and entityId together to say what it is about."),
	update("task", "updateTask", "Set status to COMPLETED when it is done."),
	...deliveryTools,
];
