package iso20022_test

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/iso20022"
)

// seed adds the samples, whole and damaged, and what is special to XML.
func seed(f *testing.F, kinds ...iso20022.Kind) {
	f.Helper()
	for name, text := range written(f) {
		for _, kind := range kinds {
			if !strings.HasPrefix(name, string(kind)) {
				continue
			}
			f.Add(text)
			f.Add(text[:len(text)/2])
			f.Add(bytes.ReplaceAll(text, []byte("CNY"), []byte("EUR")))
			f.Add(bytes.ReplaceAll(text, []byte("<Cd>BOOK</Cd>"), []byte("BOOK")))
			f.Add(append([]byte(`<!DOCTYPE a [<!ENTITY b "c">]>`), text...))
		}
	}
	f.Add([]byte(notification(entry("1.00", details(transaction("E1", amount("1.00")))))))
	f.Add([]byte("\ufeff<?xml version='1.0'?><!-- --><a:Document xmlns:a=''/>"))
}

func FuzzStatusReport(f *testing.F) {
	seed(f, iso20022.Pain002)
	f.Fuzz(readSafely)
}

func FuzzStatement(f *testing.F) {
	seed(f, iso20022.Camt053)
	f.Fuzz(readSafely)
}

func FuzzNotification(f *testing.F) {
	seed(f, iso20022.Camt054)
	f.Fuzz(readSafely)
}

// readSafely reads anything: without a panic, with a code if it is refused, and with
// items that can be relied upon if it is not.
func readSafely(t *testing.T, text []byte) {
	limits := iso20022.Limits{Bytes: 1 << 20, Tokens: 50_000, Depth: 40, Items: 1_000, Text: 4 << 10}
	header, items, err := read(text, limits)
	if err != nil {
		if !code.BadFile.Is(err) && !code.TooLarge.Is(err) {
			t.Fatalf("refused without a code: %v", err)
		}
		return
	}
	for i, item := range items {
		if item.Index != i+1 || item.Message != header.Message || item.Message == "" {
			t.Fatalf("item %d is %+v", i+1, item)
		}
		if item.Problem == "" && !usable(header.Kind, item) {
			t.Fatalf("without a problem: %+v", item)
		}
		for _, s := range []string{item.EndToEnd, item.Reference, item.Debtor.Name, string(item.Account), item.Reason.Text, item.Remittance} {
			if utf8.RuneCountInString(s) > 500 || strings.ContainsAny(s, "\x00\n\r\t\u202e") {
				t.Fatalf("%q is shown", s)
			}
		}
	}
	again, same, err := read(text, limits)
	if err != nil || !reflect.DeepEqual(again, header) || !slices.Equal(same, items) {
		t.Fatal("read again, the file says something else")
	}
}

func usable(kind iso20022.Kind, item iso20022.Item) bool {
	if kind == iso20022.Pain002 {
		return item.Status != "" && item.Amount >= 0
	}
	return item.Status != "" && item.Amount > 0 && item.Direction != "" && item.Account != ""
}

// FuzzInitiation: what a bank would read of a pain.001, we would write, and it is the
// same again.
func FuzzInitiation(f *testing.F) {
	seed(f, iso20022.Pain001)
	f.Fuzz(func(t *testing.T, text []byte) {
		limits := iso20022.Limits{Bytes: 1 << 20, Tokens: 50_000, Depth: 40, Items: 1_000, Text: 4 << 10}
		in, err := iso20022.ReadInitiation(bytes.NewReader(text), limits)
		if err != nil {
			if !code.BadFile.Is(err) && !code.TooLarge.Is(err) {
				t.Fatalf("refused without a code: %v", err)
			}
			return
		}
		var b bytes.Buffer
		if err := iso20022.WriteInitiation(&b, in); err != nil {
			t.Fatalf("read and not written: %v", err)
		}
		again, err := iso20022.ReadInitiation(&b, iso20022.DefaultLimits())
		if err != nil || !reflect.DeepEqual(again, in) {
			t.Fatalf("read\n%+v\nwritten, and read again\n%+v, %v", in, again, err)
		}
	})
}

func FuzzSniff(f *testing.F) {
	seed(f, iso20022.Pain001, iso20022.Pain002, iso20022.Camt053, iso20022.Camt054)
	f.Fuzz(func(t *testing.T, text []byte) {
		if kind, err := iso20022.Sniff(bytes.NewReader(text)); (kind == "") != (err != nil) {
			t.Fatalf("%q, %v", kind, err)
		}
	})
}
