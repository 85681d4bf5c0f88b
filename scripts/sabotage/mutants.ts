// Bugs that the tests must detect, each made by replacing some text in `src/` or `scripts/`.

import type { Mutant } from "./mutant.ts";
import { batchMutants } from "./mutants-batch.ts";
import { deliveryMutants } from "./mutants-delivery.ts";
import { exportMutants } from "./mutants-exports.ts";
import { fairnessMutants } from "./mutants-fairness.ts";
import { feedMutants } from "./mutants-feed.ts";
import { formMutants } from "./mutants-forms.ts";
import { limiterMutants } from "./mutants-limiter.ts";
import { limitMutants } from "./mutants-limits.ts";
import { listMutants } from "./mutants-lists.ts";
import { moveMutants } from "./mutants-moves.ts";
import { nearestMutants } from "./mutants-nearest.ts";
import { notificationMutants } from "./mutants-notifications.ts";
import { orderMutants } from "./mutants-order.ts";
import { requestLogMutants } from "./mutants-request-log.ts";
import { rightsMutants } from "./mutants-rights.ts";
import { secretMutants } from "./mutants-secrets.ts";
import { shardMutants } from "./mutants-shards.ts";
import { spaceMutants } from "./mutants-space.ts";
import { tenancyMutants } from "./mutants-tenancy.ts";
import { webhookMutants } from "./mutants-webhooks.ts";
import { writeMutants } from "./mutants-writes.ts";

export const mutants: readonly Mutant[] = [
	...rightsMutants,
	...tenancyMutants,
	...webhookMutants,
	...limiterMutants,
	...writeMutants,
	...deliveryMutants,
	...fairnessMutants,
	...secretMutants,
	...formMutants,
	...limitMutants,
	...listMutants,
	...moveMutants,
	...feedMutants,
	...requestLogMutants,
	...notificationMutants,
	...spaceMutants,
	...batchMutants,
	...orderMutants,
	...nearestMutants,
	...shardMutants,
	...exportMutants,
];
