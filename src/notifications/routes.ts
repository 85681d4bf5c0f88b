import { crud } from "../http/crud.ts";
import { NotificationTarget, NotificationTargetCreate, NotificationTargetUpdate } from "./schema.ts";
import { notificationTargets, notificationTargetVerbs } from "./targets.ts";

export const notificationEndpoints = Object.values(
	crud({
		resource: notificationTargets,
		verbs: notificationTargetVerbs,
		schemas: {
			wire: NotificationTarget,
			create: NotificationTargetCreate,
			update: NotificationTargetUpdate,
		},
	}),
);
