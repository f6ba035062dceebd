package iso20022_test

import (
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/iso20022"
)

// small are limits that a test can reach.
func small() iso20022.Limits {
	return iso20022.Limits{Bytes: 20_000, Tokens: 1_000, Depth: 20, Items: 6, Text: 2_000}
}

// hostile is a file that is refused.
type hostile struct {
	name, text string
	code       code.Code
	want       string // in the refusal
}

// wellMeant is the file that hostile ones are made from, and change makes one.
func wellMeant() string {
	return notification(entry("1.00", details(transaction("E1", amount("1.00")))))
}

func change(old, replacement string) string {
	if !strings.Contains(wellMeant(), old) {
		panic("no " + old + " in the sample")
	}
	return strings.Replace(wellMeant(), old, replacement, 1)
}

// refused reads hostile files: each is refused with the line where it begins to be one.
func refused(t *testing.T, files []hostile) {
	t.Helper()
	for _, c := range files {
		_, _, err := read([]byte(c.text), small())
		if !c.code.Is(err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s with %q", c.name, err, c.code, c.want)
		}
		if c.code.Is(err) && !strings.Contains(err.Error(), ": line ") {
			t.Errorf("%s: %v does not name a line", c.name, err)
		}
	}
	if _, items, err := read([]byte(wellMeant()), small()); err != nil || len(items) != 1 || items[0].Problem != "" {
		t.Errorf("the file that the others were made from: %+v, %v", items, err)
	}
}

// Files that were made to do harm to whoever reads XML.
func TestHostileFilesAreRefused(t *testing.T) {
	good := wellMeant()
	lol := `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">` +
		`<!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;">]>`
	refused(t, []hostile{
		{"billion laughs", lol + change("E1", "&lol2;"), code.BadFile, "line 1: a document type"},
		{"external document type", `<!DOCTYPE Document SYSTEM "http://example.com/a.dtd">` + good, code.BadFile, "line 1: a document type"},
		{"entity without a document type", change("E1", "&xxe;"), code.BadFile, "line 4, entry 1: invalid character entity &xxe;"},
		{"entity of HTML", change("E1", "&nbsp;"), code.BadFile, "line 4, entry 1: invalid character entity"},
		{"processing instruction", change("<Ntry>", "<?php x ?><Ntry>"), code.BadFile, "line 4: a processing instruction"},
		{"style sheet", `<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?>` + good, code.BadFile, "line 1: a processing instruction"},
		{"second declaration", change("<Ntry>", `<?xml version="1.0"?><Ntry>`), code.BadFile, "line 4: a processing instruction"},
		{"deep nesting", change("<Ntry>", "<Ntry>"+strings.Repeat("<x>", 50)), code.TooLarge, "line 4: elements more than 20 deep"},
		{"deep nesting that is skipped", change("<Ntry>", strings.Repeat("<x>", 50)+"<Ntry>"), code.TooLarge, "line 4: elements more than 20 deep"},
		{"huge text", change("E1", strings.Repeat("E", 3_000)), code.TooLarge, "line 4: a text or tag of more than 2000 bytes"},
		{"huge text in pieces", change("E1", strings.Repeat(strings.Repeat("E", 500)+"<!-- -->", 6)), code.TooLarge, "a text of more than 2000 bytes"},
		{"huge tag", change("<Ntry>", "<"+strings.Repeat("N", 3_000)+">"), code.TooLarge, "a text or tag"},
		{"huge comment", change("<Ntry>", "<!--"+strings.Repeat("N", 3_000)+"--><Ntry>"), code.TooLarge, "a text or tag"},
		{"huge attribute", change("<Ntry>", `<Ntry a="`+strings.Repeat("N", 3_000)+`">`), code.TooLarge, "a text or tag"},
		{"many attributes", change("<Ntry>", "<Ntry"+strings.Repeat(` a="b"`, 17)+">"), code.BadFile, "more than 16 attributes"},
		{"endless space", change("<Ntry>", strings.Repeat(" \n", 10_000)+"<Ntry>"), code.TooLarge, "a text or tag"},
		{"many bytes", change("<Ntry>", strings.Repeat("<Padding>"+strings.Repeat("x", 900)+"</Padding>", 30)+"<Ntry>"), code.TooLarge, "the file is larger than allowed"},
		{"many tokens", change("<Ntry>", strings.Repeat("<x/>", 600)+"<Ntry>"), code.TooLarge, "more than 1000 elements"},
		{"many entries", change("</Ntry>", "</Ntry>"+strings.Repeat(entry("1.00", ""), 5)), code.TooLarge, "more than 6 entries"},
		{"UTF-16", "\xff\xfe<\x00", code.BadFile, "in UTF-16"},
		{"GBK", `<?xml version="1.0" encoding="GBK"?>` + good, code.BadFile, `the file is in "GBK", and must be in UTF-8`},
		{"GBK that says it is UTF-8", change("E1", "\xbc\xd7"), code.BadFile, "invalid UTF-8"},
		{"a control character", change("E1", "E\x01"), code.BadFile, "illegal character code U+0001"},
		{"a control character by number", change("E1", "E&#1;"), code.BadFile, "illegal character code U+0001"},
		{"XML 1.1", `<?xml version="1.1"?>` + good, code.BadFile, `unsupported version "1.1"`},
	})
}

// Files that are XML, and damaged or no message that can be relied upon.
func TestDamagedMessagesAreRefused(t *testing.T) {
	good := wellMeant()
	refused(t, []hostile{
		{"truncated", good[:len(good)/2], code.BadFile, "unexpected EOF"},
		{"truncated before the end", strings.TrimSuffix(good, "</Document>"), code.BadFile, "unexpected EOF"},
		{"empty", "", code.BadFile, "line 1: the file is empty"},
		{"blank", " \n ", code.BadFile, "the file is empty"},
		{"no XML", "%PDF-1.7", code.BadFile, "the file is no XML"},
		{"wrong nesting", change("</Amt>", "</Sum>"), code.BadFile, "closed by </Sum>"},
		{"two messages", good + good, code.BadFile, "something follows the end"},
		{"text after the end", good + "x", code.BadFile, "something follows the end"},
		{"no namespace", change(` xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"`, ""), code.BadFile, `namespace ""`},
		{"another version", change("camt.054.001.08", "camt.054.001.99"), code.BadFile, `the message is a "camt.054.001.99"; read are pain.001.001.10, `},
		{"another message", change("camt.054.001.08", "pacs.008.001.08"), code.BadFile, `the message is a "pacs.008.001.08"`},
		{"another standard", change("urn:iso:std:iso:20022:tech:xsd:", "http://example.com/"), code.BadFile, "must be Document of urn:iso"},
		{"a message under another's name", change("camt.054.001.08", "camt.053.001.08"), code.BadFile, `"BkToCstmrDbtCdtNtfctn" where one BkToCstmrStmt belongs`},
		{"an envelope", "<Envelope>" + good + "</Envelope>", code.BadFile, `the root is "Envelope"`},
		{"an entry in another namespace", change("<Ntry>", `<Ntry xmlns="urn:x">`), code.BadFile, `"Ntry" is of another namespace`},
		{"an entry with an unknown prefix", strings.NewReplacer("<Ntry>", "<a:Ntry>", "</Ntry>", "</a:Ntry>").Replace(good), code.BadFile, "another namespace"},
		{"an amount in another namespace", change(`<Amt `, `<Amt xmlns="urn:x" `), code.BadFile, `"Amt" is of another namespace`},
		{"text between entries", change("<Ntry>", "1.00<Ntry>"), code.BadFile, "text where only elements belong"},
		{"text beside elements", change("<Refs>", "<Refs>E1"), code.BadFile, `"Refs" has text beside its elements`},
		{"no header", strings.Replace(good, "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-09-01T09:00:00</CreDtTm></GrpHdr>", "", 1), code.BadFile, "GrpHdr must come first"},
		{"a header without identification", change("<MsgId>M1</MsgId>", ""), code.BadFile, "GrpHdr needs MsgId and CreDtTm"},
		{"a header without time", change("2026-09-01T09:00:00", "today"), code.BadFile, `CreDtTm "today" is not a time`},
		{"no account", change("<Acct><Id><Othr><Id>6222</Id></Othr></Id></Acct>", ""), code.BadFile, "Id and Acct are needed before the entries"},
		{"the account after its entries", change("</Ntry>", "</Ntry><Acct/>"), code.BadFile, "Acct must come before the entries"},
		{"two headers", change("<GrpHdr>", "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-09-01T09:00:00</CreDtTm></GrpHdr><GrpHdr>"), code.BadFile, "GrpHdr is given twice"},
		{"two identifications", change("<MsgId>M1</MsgId>", "<MsgId>M1</MsgId><MsgId>M2</MsgId>"), code.BadFile, `line 2: MsgId is given twice in "GrpHdr"`},
		{"two amounts", change("<AcctSvcrRef>", amount("9.00")+"<AcctSvcrRef>"), code.BadFile, `line 4, entry 1: Amt is given twice in "Ntry"`},
		{"two amounts of a transaction", change("</Refs>", "</Refs>"+amount("9.00")), code.BadFile, `Amt is given twice in "TxDtls"`},
		{"two ends", change("</EndToEndId>", "</EndToEndId><EndToEndId>E2</EndToEndId>"), code.BadFile, `EndToEndId is given twice in "Refs"`},
		{"two references", change("<Refs>", "<Refs/><Refs>"), code.BadFile, `Refs is given twice in "TxDtls"`},
		{"two accounts", change("<Othr><Id>6222</Id></Othr>", "<Othr><Id>1</Id></Othr><Othr><Id>2</Id></Othr>"), code.BadFile, `Othr is given twice in "Id"`},
		{"two kinds of account", change("<Othr>", "<IBAN>CH29</IBAN><Othr>"), code.BadFile, "an account has two numbers"},
		{"two currencies", change(`<Amt Ccy="CNY">`, `<Amt Ccy="CNY" Ccy="USD">`), code.BadFile, `attribute "Ccy" is given twice`},
	})
}

// Forms that differ from what we write, and mean the same.
func TestOtherFormsOfTheSame(t *testing.T) {
	good := notification(entry("1.00", details(transaction("E1", amount("1.00")))))
	_, want, err := read([]byte(good), small())
	if err != nil {
		t.Fatal(err)
	}
	prefixed := strings.NewReplacer("</", "</c:", "<", "<c:", `xmlns="`, `xmlns:c="`).Replace(good)
	for name, text := range map[string]string{
		"a byte order mark":         "\ufeff" + good,
		"a declaration":             `<?xml version="1.0" encoding="utf-8" standalone="yes"?>` + good,
		"both":                      "\ufeff" + `<?xml version="1.0" encoding="UTF-8"?>` + good,
		"a prefix":                  prefixed,
		"comments":                  strings.ReplaceAll(good, "E1", "<!-- a -->E<!-- b -->1<!-- c -->"),
		"a marked section":          strings.ReplaceAll(good, "E1", "<![CDATA[E1]]>"),
		"characters by number":      strings.ReplaceAll(good, "E1", "&#69;&#x31;"),
		"carriage returns":          strings.ReplaceAll(good, "\n", "\r\n"),
		"a schema location":         strings.Replace(good, "<Document ", `<Document xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" `, 1),
		"elements that we pass":     strings.Replace(good, "<Ntry>", "<RptgSrc><Prtry>OTHR</Prtry></RptgSrc><Ntry><NtryRef>1</NtryRef>", 1),
		"supplements of any kind":   strings.Replace(good, "</TxDtls>", `<SplmtryData><Envlp><x xmlns="urn:x">y<z/></x></Envlp></SplmtryData></TxDtls>`, 1),
		"supplements of the report": strings.Replace(good, "</BkToCstmrDbtCdtNtfctn>", `<SplmtryData><Envlp><Ntry xmlns="urn:x"/></Envlp></SplmtryData></BkToCstmrDbtCdtNtfctn>`, 1),
	} {
		_, got, err := read([]byte(text), small())
		if err != nil || len(got) != 1 || got[0] != want[0] {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
		}
	}
}
