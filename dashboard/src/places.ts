// The pages that don't depend on a record: those of the navigation, and those that only the palette names beside them.

interface Place {
	readonly path: string;
	readonly text: string;
	/** Which the key must have. */
	readonly scope?: string;
}

export const navigation: readonly (Place & { readonly icon: string })[] = [
	{ path: "/", text: "Overview", icon: "M2.5 13.5v-5m4 5v-11m4 11v-7m4 7v-9" },
	{
		path: "/api-keys",
		text: "API keys",
		icon: "M10.5 9.5a4 4 0 1 0-3.6-2.3L2 12.1V14h2.4v-1.6H6v-1.6h1.6l1.2-1.6a4 4 0 0 0 1.7.3ZM11.3 4.8v.1",
	},
	{
		path: "/webhooks",
		text: "Webhooks",
		icon: "M6.3 5.6a2.3 2.3 0 1 1 2.9 1l2 3.6m.3 3.1a2.3 2.3 0 1 0-.9-3.1M4.6 9.5a2.3 2.3 0 1 0 1.7 2.6h5M4.5 11.8l2.7-4.9",
	},
	{ path: "/events", text: "Events", icon: "M9 1.5 3 9h4.5L7 14.5 13 7H8.5L9 1.5Z" },
	{ path: "/requests", text: "Requests", icon: "M2.5 3.5h11m-11 3h7m-7 3h11m-11 3h5" },
	{ path: "/data", text: "Data", icon: "M2.5 3.5h11v3h-11Zm0 3v6h11v-6M6.5 3.5v9" },
	{
		path: "/settings",
		text: "Settings",
		icon: "M2.5 4.5h6m3 0h2m-11 7h2m3 0h6M8.5 4.5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0m-4 7a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0",
	},
];

/** Tabs of pages of the navigation, and forms that a page links to. */
export const furtherPlaces: readonly Place[] = [
	{ path: "/data/board", text: "Deal board" },
	{ path: "/events/feed", text: "Recent events" },
	{ path: "/settings/notifications", text: "Notifications" },
	{ path: "/webhooks/new", text: "New webhook", scope: "webhooks:write" },
];
