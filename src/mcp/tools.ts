// All tools, in the order in which an agent reads them. There are few, because an agent always reads all of them. Together
// they reach every operation that is for agents.
import { deliveryTools } from "./deliveries.ts";
import { describeResourceTool } from "./describe.ts";
import type { Directory } from "./directory.ts";
import { findRecordsTool } from "./find.ts";
import { operationTools } from "./operations.ts";
import { recordTools } from "./records.ts";
import { searchRecordsTool } from "./search.ts";
import type { Tool } from "./tool.ts";

export const toolsOf = (directory: Directory): readonly Tool[] => [
	describeResourceTool(directory),
	searchRecordsTool(directory),
	findRecordsTool(directory),
	...recordTools(directory),
	...operationTools(directory),
	...deliveryTools(directory),
];
