package money

import "strings"

var (
	capitalDigits = [10]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}
	capitalUnits  = []struct {
		value int64
		name  string
	}{{100_000_000, "亿"}, {10_000, "万"}, {1_000, "仟"}, {100, "佰"}, {10, "拾"}}
)

// Capital writes the amount in Chinese capital numerals as the People's Bank's
// rules for filling in bills require (支付结算办法, 附件一): 300,000.00 is
// 人民币叁拾万元整. Where the rules leave a choice this takes the first form they
// give: 整 after 元 and not after 角, no 零 between 万 and a 仟 that is not zero,
// 零 between a 元 digit of zero and 角.
func (f Fen) Capital() string {
	var b strings.Builder
	b.WriteString("人民币")
	if f < 0 {
		b.WriteString("负")
	}
	all := magnitude(int64(f))
	yuan, jiao, fen := int64(all/100), all/10%10, all%10
	if yuan > 0 || all == 0 {
		b.WriteString(capitalWhole(yuan))
		b.WriteString("元")
	}
	if jiao == 0 && fen == 0 {
		b.WriteString("整")
		return b.String()
	}
	if yuan > 0 && (jiao == 0 || yuan%10 == 0) {
		b.WriteString("零")
	}
	if jiao > 0 {
		b.WriteString(capitalDigits[jiao] + "角")
	}
	if fen > 0 {
		b.WriteString(capitalDigits[fen] + "分")
	}
	return b.String()
}

// capitalWhole writes a whole number. A zero between two written digits is written
// once, unless the lower one leads its unit.
func capitalWhole(n int64) string {
	for _, u := range capitalUnits {
		if n < u.value {
			continue
		}
		head, rest := capitalWhole(n/u.value)+u.name, n%u.value
		switch {
		case rest == 0:
			return head
		case rest < u.value/10:
			return head + "零" + capitalWhole(rest)
		}
		return head + capitalWhole(rest)
	}
	return capitalDigits[n]
}
