import { rowAnswer } from "../../http/crud.ts";
import { registerServerSetFields } from "../../http/server-set-fields.ts";
import { writeEndpoint } from "../../http/write.ts";
import { identities } from "../../identities.ts";
import { Invoice, invoiceCauses } from "../invoices/schema.ts";
import { planInvoiceOfQuotation } from "./invoice-quotation.ts";
import { ConvertedInvoice } from "./schema.ts";

const QUOTATION = "It is taken from the quotation.";

registerServerSetFields(ConvertedInvoice, Invoice, {
	...invoiceCauses,
	quotationId: QUOTATION,
	clientId: QUOTATION,
	dealId: QUOTATION,
	lineItems: QUOTATION,
	currency: QUOTATION,
	isInclusiveTax: QUOTATION,
});

export const quotationInvoicing = writeEndpoint(
	{
		method: "post",
		path: "/quotations/{id}/invoice",
		of: identities.quotations,
		extraScopes: ["invoices:write"],
		operationId: "invoiceQuotation",
		summary: "Invoice a quotation",
		description:
			"Creates an invoice with the client, deal, lines, currency, subject, owner and tags of the quotation, and the values of custom fields that invoices have, too (same key and type). The quotation itself is not changed. A quotation that is rejected, whose client was erased, or that has an invoice that is neither void nor deleted is a 409; in the last case the message names the invoice.",
		message: "Invoice created successfully",
		body: ConvertedInvoice,
		bodyOptional: true,
		conditional: true,
		answers: { 201: { description: "The invoice.", schema: Invoice, headers: ["ETag", "Location"] } },
	},
	({ ctx, id, body, condition }) => planInvoiceOfQuotation(ctx, id, body, condition),
	(row) => rowAnswer(201, row, `/api/v1/invoices/${row.id}`),
);
