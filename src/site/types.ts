// The parts of an OpenAPI document.
import type { App } from "../http/endpoint.ts";

export type Document = ReturnType<App["getOpenAPI31Document"]>;
export type Schemas = NonNullable<NonNullable<Document["components"]>["schemas"]>;
export type Schema = Schemas[string];
type PathItem = NonNullable<Document["paths"]>[string];
export type Operation = NonNullable<PathItem["get"]>;
