// Texts of the sample data.

export const wishes = [
	"Solar for the new hall",
	"Cut the power bill",
	"Roof is due for renewal anyway",
	"Charging points for the fleet",
	"Battery against outages",
	"Green power for the cold store",
	"Second site, as at the first",
	"Asked for a rough price",
];

export const spam = ["Cheap followers for your brand", "You have been selected", "First page in 24 hours"];

export const notes = [
	"Prefers a call after 3 p.m.",
	"Wants a reference in the same trade before the board meets.",
	"Rents the building: the landlord has to agree.",
	"Flat roof, gravel; statics unknown.",
	"Has an offer of a competitor on the table.",
	"Met at the fair in Munich, very interested in storage.",
];

export const projects = [
	"Rooftop solar, main site",
	"Solar and storage",
	"Charging park",
	"Cold store, phase 1",
	"Cold store, phase 2",
	"New hall",
	"Carport with panels",
	"Maintenance for five years",
];

export const lostReasons = [
	"The budget went to another project.",
	"A competitor was cheaper.",
	"The roof can't bear the weight.",
	"No answer for three months.",
];

/** By the kind of record that they are about. */
export const todos = {
	leads: [
		{ title: "Call back about the roof plan", type: "call", durationMinutes: 15 },
		{ title: "Send the reference list", type: "todo" },
		{ title: "Visit the site", type: "meeting", durationMinutes: 90 },
		{ title: "Ask for the last power bill", type: "todo" },
		{ title: "First video call", type: "meeting", durationMinutes: 30 },
	],
	deals: [
		{ title: "Order the statics report", type: "todo" },
		{ title: "Apply for the grid connection", type: "todo" },
		{ title: "Walk the roof with the installer", type: "meeting", durationMinutes: 120 },
		{ title: "Talk about payment terms", type: "call", durationMinutes: 20 },
		{ title: "Bring the contract", type: "meeting", durationMinutes: 60 },
	],
	clients: [
		{ title: "Yearly check of the plant", type: "meeting", durationMinutes: 180 },
		{ title: "Ask for a reference", type: "call", durationMinutes: 10 },
		{ title: "Send the yield report", type: "todo" },
	],
	nothing: [
		{ title: "Prepare the stand for the trade fair", type: "todo" },
		{ title: "Renew the price list", type: "todo" },
		{ title: "Sales meeting", type: "meeting", durationMinutes: 45 },
	],
} as const;

export const calls = [
	{
		status: "completed",
		outcome: "site_visit_booked",
		duration: 412,
		summary: "Booked a visit for next week.",
	},
	{
		status: "completed",
		outcome: "offer_wanted",
		duration: 268,
		summary: "Wants an offer with and without storage.",
	},
	{
		status: "completed",
		outcome: "not_interested",
		duration: 54,
		summary: "Signed with another firm last month.",
	},
	{
		status: "completed",
		outcome: "callback",
		duration: 97,
		summary: "In a meeting; asked for a call tomorrow.",
	},
	{
		status: "completed",
		outcome: "site_visit_booked",
		duration: 503,
		summary: "Roof is free from March on.",
	},
	{ status: "failed" },
	{ status: "failed" },
	{ status: "busy" },
	{ status: "busy" },
	{ status: "no_answer" },
	{ status: "no_answer" },
	{ status: "no_answer" },
	{ status: "scheduled" },
	{ status: "active" },
] as const;

/** The messages, the visitor first and then in turn; and the outcome, `null` if the chat still goes on. */
export const chats = [
	{
		said: [
			"Do you also build on flat roofs?",
			"We do, on frames that need no drilling. How large is your roof?",
			"About 1,200 square metres.",
			"That carries roughly 240 kW. Shall somebody call you?",
			"Yes please, tomorrow morning.",
		],
		ended: "resolved",
		rating: 5,
	},
	{
		said: [
			"How long does it take until the panels are up?",
			"Usually eight to twelve weeks from the order, most of it for the grid operator.",
			"Thank you, that is what I needed.",
		],
		ended: "resolved",
		rating: 4,
	},
	{
		said: [
			"Our monitoring shows no data since Sunday.",
			"I am sorry. The gateway at your site is offline; could you restart it?",
			"It is back. Great!",
		],
		ended: "resolved",
		rating: 5,
	},
	{
		said: [
			"Is there still a subsidy for batteries?",
			"It depends on the country. Where are you?",
			"Ireland.",
		],
		ended: "resolved",
		rating: 3,
	},
	{ said: ["Hello?", "Hello! What can I do for you?"], ended: "auto_completed_inactive", rating: null },
	{
		said: ["What does one panel cost?", "From 189 euros. What do you want to power with it?"],
		ended: "auto_completed_inactive",
		rating: null,
	},
	{ said: ["We would like to add charging points to our plant."], ended: null, rating: null },
] as const;

export const questions = [
	"Can I see a plant of yours nearby?",
	"We want to be independent of the grid on working days.",
	"Please send an offer by the end of the month.",
	"Is leasing possible?",
	"Do you take the old panels back?",
];
