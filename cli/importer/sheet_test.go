package importer_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/cli/importer"
	"github.com/tierledger/tierledger/node/sheet"
)

func TestTheTemplateIsReadAsAFileOfPayables(t *testing.T) {
	for _, xlsx := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "template")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(importer.WriteTemplate(f, xlsx), f.Close()); err != nil {
			t.Fatal(err)
		}
		p, err := importer.ReadPayables(path, "", nil, sheet.Yuan, 90, sheet.DefaultLimits())
		if err != nil || p.Rows != 0 {
			t.Errorf("xlsx=%t: %+v %v", xlsx, p, err)
		}
	}
}

func TestColumnsAreFoundByTheirHeadings(t *testing.T) {
	path := file(t, "a,b,c,b\n")
	for text, want := range map[string]code.Code{
		"debtor=a,creditor=c":                   code.BadFile, // no amount
		"debtor=a,creditor=c,amount=b":          code.BadFile, // two columns b
		"debtor=a,creditor=c,amount=x":          code.BadFile,
		"debtor=a,creditor=c,amount=a,colour=b": code.BadArgument,
	} {
		columns, err := sheet.ParseColumns(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := importer.ReadObligations(path, columns, sheet.Fen, sheet.DefaultLimits()); !want.Is(err) {
			t.Errorf("%s: %v, not %s", text, err, want)
		}
	}
	for _, text := range []string{"debtor", "=a", "debtor=", "debtor=a,debtor=b", ","} {
		if _, err := sheet.ParseColumns(text); !code.BadArgument.Is(err) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
