//go:build samples

package iso20022_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/node/iso20022"
)

// foreign is what a person finds in a file that somebody else made: its transactions,
// how many of them are in doubt, and what the last one says.
type foreign struct {
	items, doubtful  int
	end, reference   string
	amount           money.Fen
	direction        iso20022.Direction
	status           iso20022.Status
	reason, original string
}

// foreigners lists the account reports among the test data of the Go module
// github.com/moov-io/iso20022 v0.2.1, which came from banks in Switzerland, Finland and
// Lithuania. Who may pass them on is not said there, so they are no part of this
// project: .ci/iso20022 fetches the module and runs this file with the tag samples.
func foreigners() map[string]foreign {
	const credit, debit, booked = iso20022.Credit, iso20022.Debit, iso20022.Booked
	return map[string]foreign{
		"200519_camt.054-Credit_P_CH2909000000250094239_1110092691_0_2019042421291293.xml": {1, 0, "", "074820002ZZ9J42U", 150000, credit, booked, "", ""},
		"200519_camt.054-Debit_P_CH2909000000250094239_1110092692_0_2019042401501580.xml":  {1, 0, "20190424001255000100006", "25-1120172999-2", 91300, debit, booked, "", "20190424-000369773"},
		"200519_camt.054_P_CH2909000000250094239_1111091335_0_2020061900081727.xml":        {2, 0, "", "3000000000000000", 91393, credit, booked, "", ""},
		"200519_camt054-ESR-ASR_P_CH2909000000250094239_1110092704_0_2019042500372179.xml": {6, 0, "", "180410CH02UZ2PC1", 14700, debit, booked, "", ""},
		"200519_camt054-chdd_p_ch2909000000250094239_1110097484_0_20190520700381159.xml":   {2, 0, "E2EId-CHDD-2", "201-31295208-2", 300, credit, booked, "", "MsgId-CHDD-Musterfile"},
		"200519_camt054-epo_p_ch5109000000250092291_1110097605_0_2019052003522556.xml":     {3, 0, "EndToEndId-001-02-03", "", 30000, debit, booked, "", "MsgId-001"},
		"200519_camt054-epo_p_ch5109000000250092291_1110097605_0_2019052103322231.xml":     {3, 0, "EndToEndId-001-02-03", "", 30000, debit, booked, "", "MsgId-001"},
		"200519_camt054-returns_p_ch2909000000250094239_1109800798_0_2019052023472022.xml": {1, 0, "EndToEndId-004-01-01", "180327CH02P92DYD", 40000, credit, iso20022.Returned, "AC01", ""},
		"200924_camt.054_P_CH2909000000250094239_1110092703_0_2019042423412214.xml":        {6, 0, "EndToEndId-001-03-06", "0000000000000006", 10000, credit, booked, "", "MsgId-001"},
		"200924_camt.054_P_CH2909000000250094239_1111091335_0_2020061900081727.xml":        {2, 0, "", "3000000000000000", 91393, credit, booked, "", ""},
		"camt054-returns_p_ch5109000000250092291_1110097606_0_2020112500512470.xml":        {1, 0, "EndToEndId-001-03-04", "190520CH02ZZTJR1", 50000, credit, iso20022.Returned, "AC01", ""},
		"statement_1.xml":            {4, 0, "", "", 170, debit, booked, "", ""},
		"FI_camt_053_sample.xml.xml": {13, 5, "", "091029ARCH09001", 10000, debit, booked, "", ""},       // batches whose details are elsewhere
		"FI_camt_054_sample.xml.xml": {13, 2, "", "D091029N987654321S289", 6000, credit, "", "CUST", ""}, // booked nowhere, status INFO
		"camt.053_P_CH2909000000250094239_1110092698_0_2020112503071366.xml": {5, 1, "", "07582000303KBMSU", 169222, credit, booked, "", ""}, // one debit is detailed as a credit
	}
}

// samples is the folder that ISO20022_SAMPLES names.
func samples(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("ISO20022_SAMPLES")
	if folder == "" {
		t.Fatal("ISO20022_SAMPLES names no folder; .ci/iso20022 does")
	}
	return folder
}

// TestForeignSamples reads every sample. An account report gives all its transactions;
// they cannot be used because they are not in CNY, and once they are taken for CNY only
// what is in doubt for other reasons cannot. Any other file is refused.
func TestForeignSamples(t *testing.T) {
	folder := samples(t)
	paths, err := filepath.Glob(filepath.Join(folder, "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	found, known := 0, foreigners()
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		if want, ok := known[name]; ok {
			found++
			checkForeign(t, name, text, want)
		} else if _, items, err := read(text, iso20022.DefaultLimits()); !code.BadFile.Is(err) && len(items) > 0 {
			t.Errorf("%s: %d items, %v", name, len(items), err)
		}
	}
	if found != len(known) {
		t.Errorf("%d of %d samples are there", found, len(known))
	}
}

func checkForeign(t *testing.T, name string, text []byte, want foreign) {
	t.Helper()
	_, items, err := read(text, iso20022.DefaultLimits())
	if err != nil || len(items) != want.items {
		t.Errorf("%s: %d items, %v", name, len(items), err)
	}
	for _, i := range items {
		if i.Problem == "" || i.Amount != 0 {
			t.Errorf("%s: an item in another currency can be used: %+v", name, i)
		}
	}
	yuan := regexp.MustCompile(`Ccy="[A-Z]{3}"`).ReplaceAll(text, []byte(`Ccy="CNY"`))
	_, items, err = read(yuan, iso20022.DefaultLimits())
	if err != nil || len(items) != want.items {
		t.Errorf("%s: %d items, %v", name, len(items), err)
		return
	}
	doubtful := 0
	for _, i := range items {
		if i.Problem != "" {
			doubtful++
		}
	}
	last := items[len(items)-1]
	got := foreign{
		len(items), doubtful, last.EndToEnd, last.Reference, last.Amount, last.Direction, last.Status, last.Reason.Code, last.Original,
	}
	if got != want {
		t.Errorf("%s:\n%+v, want\n%+v", name, got, want)
	}
}

// TestForeignStatusReports reads status reports of a Swiss bank. Their namespace is that
// of the Swiss rules, which is refused; they are pain.002.001.03 with fewer choices, and
// are read when they say so.
func TestForeignStatusReports(t *testing.T) {
	folder := samples(t)
	for name, want := range map[string][]string{
		"pain002-chdd-cor1_p_ch2909000000250094239_1110097483_0_2018031317221082.xml": {"payment ACCP accepted"},
		"pain002-epo_p_0_0_0_2018031510491259.xml":                                    {"message ACTC accepted"},
		"pain002-epo_p_0_0_0_2018032614401842.xml":                                    {"message RJCT rejected AM10"},
		"pain002-epo_p_ch2909000000250094239_1109800799_0_2018032612092784.xml": {
			"payment RJCT rejected NARR", "transaction RJCT rejected AC01 EndToEndId-006-01-01",
		},
		"pain002-epo_p_ch5109000000250092291_1110097605_0_2018031511252307.xml": {
			"payment PART partly", "transaction RJCT rejected AC01 EndToEndId-001-03-04",
		},
	} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := read(text, iso20022.DefaultLimits()); !code.BadFile.Is(err) {
			t.Errorf("%s in its own namespace: %v", name, err)
		}
		swiss := []byte(`xmlns="http://www.six-interbank-clearing.com/de/pain.002.001.03.ch.02.xsd"`)
		text = bytes.Replace(text, swiss, []byte(`xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"`), 1)
		_, items, err := read(text, iso20022.DefaultLimits())
		var got []string
		for _, i := range items {
			got = append(got, strings.Join(strings.Fields(strings.Join([]string{string(i.Scope), i.Code, string(i.Status), i.Reason.Code, i.EndToEnd}, " ")), " "))
		}
		if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s:\n%q, want\n%q, %v", name, got, want, err)
		}
	}
}
