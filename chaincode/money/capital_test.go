package money_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/money"
)

// The examples of the People's Bank's rules for filling in bills, in the first
// form the rules give, and the shapes between them.
func TestCapital(t *testing.T) {
	for _, c := range []struct{ amount, want string }{
		{"1409.50", "人民币壹仟肆佰零玖元伍角"},
		{"6007.14", "人民币陆仟零柒元壹角肆分"},
		{"1680.32", "人民币壹仟陆佰捌拾元零叁角贰分"},
		{"107000.53", "人民币壹拾万柒仟元零伍角叁分"},
		{"16409.02", "人民币壹万陆仟肆佰零玖元零贰分"},
		{"325.04", "人民币叁佰贰拾伍元零肆分"},

		{"0.00", "人民币零元整"},
		{"0.01", "人民币壹分"},
		{"0.10", "人民币壹角"},
		{"0.12", "人民币壹角贰分"},
		{"1.00", "人民币壹元整"},
		{"10.00", "人民币壹拾元整"},
		{"10.05", "人民币壹拾元零伍分"},
		{"11.50", "人民币壹拾壹元伍角"},
		{"100.00", "人民币壹佰元整"},
		{"101.00", "人民币壹佰零壹元整"},
		{"110.00", "人民币壹佰壹拾元整"},
		{"1001.00", "人民币壹仟零壹元整"},
		{"1010.00", "人民币壹仟零壹拾元整"},
		{"10000.00", "人民币壹万元整"},
		{"10001.00", "人民币壹万零壹元整"},
		{"10100.00", "人民币壹万零壹佰元整"},
		{"11000.00", "人民币壹万壹仟元整"},
		{"100700.00", "人民币壹拾万零柒佰元整"},
		{"300000.00", "人民币叁拾万元整"},
		{"1000000.00", "人民币壹佰万元整"},
		{"1001000.00", "人民币壹佰万壹仟元整"},
		{"10203040.50", "人民币壹仟零贰拾万叁仟零肆拾元零伍角"},
		{"100000000.00", "人民币壹亿元整"},
		{"100000001.00", "人民币壹亿零壹元整"},
		{"100010000.00", "人民币壹亿零壹万元整"},
		{"123456789.01", "人民币壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分"},
		{"1000000000000.00", "人民币壹万亿元整"},
		{"1000100000000.00", "人民币壹万零壹亿元整"},
		{"-5.00", "人民币负伍元整"},
	} {
		amount, err := money.Parse(c.amount)
		if err != nil {
			t.Fatal(err)
		}
		if got := amount.Capital(); got != c.want {
			t.Errorf("%s is written %s, want %s", c.amount, got, c.want)
		}
	}
}

// Different amounts never share a text, and no text has a doubled zero.
func TestCapitalReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := money.Fen(rapid.OneOf(rapid.Int64Range(0, math.MaxInt64), rapid.Int64Range(0, 1e9)).Draw(t, "fen"))
		s := f.Capital()
		if strings.Contains(s, "零零") {
			t.Fatalf("%s is written %s", f, s)
		}
		if back := readCapital(s); back != int64(f) {
			t.Fatalf("%s is written %s, which reads %d fen", f, s, back)
		}
	})
}

// readCapital values a text unit by unit: the highest unit splits it.
func readCapital(s string) int64 {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "人民币"), "整")
	var fen int64
	if whole, rest, ok := strings.Cut(s, "元"); ok {
		fen, s = 100*readWhole(whole), rest
	}
	for _, u := range []struct {
		name  string
		value int64
	}{{"角", 10}, {"分", 1}} {
		if digit, rest, ok := strings.Cut(s, u.name); ok {
			fen, s = fen+u.value*readWhole(digit), rest
		}
	}
	return fen
}

func readWhole(s string) int64 {
	for _, u := range []struct {
		name  string
		value int64
	}{{"亿", 100_000_000}, {"万", 10_000}, {"仟", 1_000}, {"佰", 100}, {"拾", 10}} {
		if i := strings.LastIndex(s, u.name); i >= 0 {
			return readWhole(s[:i])*u.value + readWhole(s[i+len(u.name):])
		}
	}
	s = strings.TrimPrefix(s, "零")
	if s == "" {
		return 0
	}
	return int64(strings.Index("零壹贰叁肆伍陆柒捌玖", s) / len("零"))
}
