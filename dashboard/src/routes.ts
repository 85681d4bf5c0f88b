// The paths of all pages; a part that begins with a colon stands for any. The first that matches counts.

export const routes = {
	overview: "/",
	apiKeys: "/api-keys",
	webhooks: "/webhooks",
	newWebhook: "/webhooks/new",
	webhook: "/webhooks/:id",
	editWebhook: "/webhooks/:id/edit",
	delivery: "/webhooks/:id/deliveries/:deliveryId",
	events: "/events",
	recentEvents: "/events/feed",
	requests: "/requests",
	settings: "/settings",
	notifications: "/settings/notifications",
	data: "/data",
	board: "/data/board",
	files: "/data/:path/files",
	list: "/:group/:path",
	newRecord: "/:group/:path/new",
	record: "/:group/:path/:id",
} as const;
