// Body of `POST /quotations/{id}/invoice`.
import type { z } from "@hono/zod-openapi";
import { bodyWithCustomFields } from "../../http/gather.ts";
import { InvoiceCreate } from "../invoices/schema.ts";

/** Days from an invoice's date to its due date, if the body names none. */
export const DAYS_TO_PAY = 30;

export const ConvertedInvoice = bodyWithCustomFields(
	() => {
		const { date, dueDate, status, subject, notes, ownerId, tagIds } = InvoiceCreate.shape;
		return {
			date: date.optional().describe("Default: today, in the organization's time zone."),
			dueDate: dueDate
				.optional()
				.describe(`The day by which it is to be paid. Default: ${DAYS_TO_PAY} days after \`date\`.`),
			status,
			subject: subject.describe("Default: that of the quotation."),
			notes,
			ownerId: ownerId.describe("Default: that of the quotation."),
			tagIds: tagIds.describe("Default: those of the quotation."),
		};
	},
	"ConvertedInvoice",
	{ example: { date: "2026-01-31", dueDate: "2026-02-28", status: "SENT" } },
);

export type ConvertedInvoiceInput = z.output<typeof ConvertedInvoice>;
