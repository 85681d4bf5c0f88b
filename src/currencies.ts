// The currencies of ISO 4217 (list one, as of 2026-01-01) with their minor units. The runtime's list is not used: it comes
// from CLDR, lacks new codes, has withdrawn ones, and gives HUF, IDR, PKR and a dozen more no decimals.

/** Codes by the number of decimal places of their amounts. XTS (testing) and XXX (no currency) are left out. */
const BY_PLACES: Readonly<Record<number, string>> = {
	0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
	2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP
		COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
		JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN
		NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
		THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
	3: "BHD IQD JOD KWD LYD OMR TND",
	// Metals and units of account have no minor unit; they get the four places that our decimals hold.
	4: "CLF UYW XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XUA",
};

const MINOR_UNITS: ReadonlyMap<string, number> = new Map(
	Object.entries(BY_PLACES).flatMap(([places, codes]) =>
		codes.split(/\s+/).map((code) => [code, Number(places)] as const),
	),
);

/** Decimal places of withdrawn currencies: existing records may still have one, new records can't. */
const WITHDRAWN_PLACES = 2;

/** Whether this is the code of a currency in use. */
export const isCurrency = (code: string): boolean => MINOR_UNITS.has(code);

/** How many decimal places a currency's amounts have. */
export const minorUnit = (code: string): number => MINOR_UNITS.get(code) ?? WITHDRAWN_PLACES;
