package calendar

import (
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
)

func FuzzWorkingDaysData(f *testing.F) {
	for _, s := range []string{
		"2026 off 01-01..01-03 02-15\n2026 on 01-04", "# nothing\n", "2026", "x off 01-01", "2026 rest 01-01", "2026 off 13-01",
		"2026 off 01-03..01-01", "2026 off ..", "2026 on 03-09", "2027 off 01-01\n2026 off 01-01",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := parseWorkingDays(s)
		if err != nil && !code.BadDate.Is(err) {
			t.Errorf("%q: %v, want BAD_DATE", s, err)
		}
		if err == nil && w.Valid() != nil {
			t.Errorf("%q gives invalid data: %v", s, w.Valid())
		}
	})
}

func TestDataRefusals(t *testing.T) {
	for _, s := range []string{
		"2026", "x off 01-01", "2026 rest 01-01", "2026 off 13-01", "2026 off 01-01..", "2026 off 01-02 01-01",
		"2026 on 03-09", "2027 off 01-01\n2026 off 01-01", "02026 off 01-01",
	} {
		if w, err := parseWorkingDays(s); !code.BadDate.Is(err) {
			t.Errorf("%q gives %v, %v; want BAD_DATE", s, w, err)
		}
	}
}
