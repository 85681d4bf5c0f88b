// The sample organization: a company that installs solar panels on the roofs of other companies.

export const organization = { name: "Fjordlight Energy", timezone: "Europe/Oslo", currency: "EUR" };

const inOrder = <T extends object>(list: readonly T[]) =>
	list.map((item, index) => ({ ...item, position: index + 1 }));

export const leadStages = inOrder([
	{ name: "New", type: "NEW" },
	{ name: "Contacted", type: "CONTACTED" },
	{ name: "Site visit planned", type: "WORKING" },
	{ name: "Offer in work", type: "WORKING" },
	{ name: "Converted", type: "CONVERTED" },
	{ name: "Not a fit", type: "UNQUALIFIED" },
	{ name: "Spam", type: "JUNK" },
]);

export const leadSources = inOrder([
	{ name: "Website" },
	{ name: "Referral" },
	{ name: "Trade fair" },
	{ name: "Phone" },
	{ name: "Partner" },
	{ name: "Newspaper", isActive: false },
]);

export const tags = [
	{ name: "Hot", color: "#d9480f", type: "leads" },
	{ name: "Enterprise", color: "#1864ab", type: "leads" },
	{ name: "Newsletter", color: "#2b8a3e", type: "leads" },
	{ name: "Key account", color: "#862e9c", type: "clients" },
	{ name: "Public sector", color: "#364fc7", type: "clients" },
	{ name: "Storage", color: "#0b7285", type: "deals" },
	{ name: "Subsidized", color: "#5c940d", type: "deals" },
	{ name: "On site", color: "#e67700", type: "tasks" },
	{ name: "Framework contract", color: "#495057", type: "quotations" },
	{ name: "Reminded", color: "#c92a2a", type: "invoices" },
] as const;

export const users = [
	"Amara Okafor",
	"Jonas Lindqvist",
	"Priya Raman",
	"Mateo Álvarez",
	"Ingrid Solheim",
	"Kenji Watanabe",
].map((name) => ({ name }));

export const pipeline = {
	name: "Solar projects",
	isDefault: true,
	stages: [
		{ name: "Qualified", type: "ACTIVE", probability: 20 },
		{ name: "Roof surveyed", type: "ACTIVE", probability: 40 },
		{ name: "Offer sent", type: "ACTIVE", probability: 60 },
		{ name: "Negotiation", type: "ACTIVE", probability: 80 },
		{ name: "Won", type: "WON" },
		{ name: "Lost", type: "LOST" },
	],
};

const goods = { type: "PRODUCT", currency: "EUR", taxPercent: 25 };
const work = { type: "SERVICE", currency: "EUR", taxPercent: 25 };

/** Products in the order of an offer; `usual` is the range of quantities for one roof. */
export const products = [
	{
		usual: [40, 420],
		of: { ...goods, name: "Solar panel 440 W", sku: "PV-440", price: 189, buyPrice: 121.5 },
	},
	{ usual: [1, 6], of: { ...goods, name: "Inverter 25 kW", sku: "INV-25", price: 3_190, buyPrice: 2_240 } },
	{ usual: [1, 4], of: { ...goods, name: "Battery 30 kWh", sku: "BAT-30", price: 11_900, buyPrice: 8_750 } },
	{
		usual: [2, 12],
		of: { ...goods, name: "Charging point 22 kW", sku: "EV-22", price: 1_290, buyPrice: 870 },
	},
	{ usual: [1, 1], of: { ...work, name: "Roof survey", sku: "SRV-ROOF", price: 640 } },
	{ usual: [3, 25], of: { ...work, name: "Installation, per day", sku: "SRV-DAY", price: 1_480 } },
	{ usual: [1, 5], of: { ...work, name: "Monitoring, per year", sku: "SRV-MON", price: 360 } },
	{ usual: [1, 5], of: { ...work, name: "Maintenance, per year", sku: "SRV-MNT", price: 890 } },
] as const;

export const buildings = ["Warehouse", "Factory", "Office", "Supermarket", "School", "Farm"];

export const customFields = [
	{ entity: "leads", label: "Roof area", type: "number", helpText: "Usable, in square metres." },
	{ entity: "leads", label: "Building", type: "singleSelect", options: buildings },
	{ entity: "leads", label: "Wants storage", type: "boolean" },
	{ entity: "deals", label: "Installation date", type: "date" },
	{ entity: "deals", label: "Peak power", type: "number", helpText: "In kW." },
	{
		entity: "deals",
		label: "Permits",
		type: "multiSelect",
		options: ["Building permit", "Grid connection", "Monument office"],
	},
];

export const form = {
	title: "Ask for an offer",
	description: "Stands on the website, below the calculator.",
	fields: [
		{ key: "name", label: "Your name", required: true, mapTo: "name" },
		{ key: "email", label: "Your e-mail", type: "email", required: true, mapTo: "email" },
		{ key: "company", label: "Your company", mapTo: "company" },
		{ key: "roof", label: "Roof area in m²", type: "number", mapTo: "cf_roof_area" },
		{
			key: "building",
			label: "What is below it?",
			type: "singleSelect",
			options: buildings,
			mapTo: "cf_building",
		},
		{ key: "question", label: "What would you like to know?", type: "longText", mapTo: "notes" },
		{ key: "newsletter", label: "Send me the newsletter", type: "boolean" },
	],
};
