package rules

import (
	"fmt"
	"strings"

	"github.com/tierledger/tierledger/chaincode/record"
)

// Clause says where a rule comes from and what it asks, for people.
type Clause struct {
	Rule     record.Rule
	Source   string // the clause; an article marked † is cited from memory
	SourceZH string
	English  string // what the rule asks
	Chinese  string
}

// The clauses, in order of rule. Articles of 银发〔2025〕77号 are numbered as
// secondary sources report them; its full official text was not available.
//
//nolint:gochecknoglobals // read-only table
var clauses = []Clause{
	{
		Rule: record.TermMax, Source: "notice 银发〔2025〕77号 art. 11", SourceZH: "银发〔2025〕77号第十一条",
		English: "The term is in principle at most six months and never more than a year; above six months a reviewing bank signs with a reason.",
		Chinese: "付款期限原则上不超过六个月，最长不超过一年；超过六个月的须由审核银行说明理由并签署。",
	},
	{
		Rule: record.EvidenceCover, Source: "notice 银发〔2025〕77号 art. 10", SourceZH: "银发〔2025〕77号第十条",
		English: "A certificate, and each transfer, is covered by invoices between the payer as buyer and the receiver as seller.",
		Chinese: "凭证的开立与每次流转须有付款人为购买方、接收方为销售方的贸易背景足额覆盖。",
	},
	{
		Rule: record.SplitLimit, Source: "notice 银发〔2025〕77号 art. 12", SourceZH: "银发〔2025〕77号第十二条",
		English: "Tiers, pieces, the smallest piece and the pace of transfers are limited.",
		Chinese: "流转层级、拆分份数、最小份额与流转频率受到限制。",
	},
	{
		Rule: record.RegisterFirst, Source: "notice 银发〔2025〕77号 art. 13", SourceZH: "银发〔2025〕77号第十三条",
		English: "A financing is not final until it was searched for and registered in the unified registry.",
		Chinese: "融资须先在动产融资统一登记公示系统查询并登记。",
	},
	{
		Rule: record.NoPooling, Source: "notice 银发〔2025〕77号 art. 4 and 14", SourceZH: "银发〔2025〕77号第四条、第十四条",
		English: "The ledger never holds cash; money moves only between bank accounts.",
		Chinese: "账本不归集资金，资金仅在银行账户之间划转。",
	},
	{
		Rule: record.DefaultStop, Source: "notice 银发〔2025〕77号 art. 15", SourceZH: "银发〔2025〕77号第十五条",
		English: "A debtor with an overdue debt, or named in a bank's attestation, may not issue until that is cleared.",
		Chinese: "存在逾期或被银行出具停开意见的付款方，在清偿前不得开立。",
	},
	{
		Rule: record.FreeChoice, Source: "notice 银发〔2025〕77号 art. 3; State Council Order 802 art. 11", SourceZH: "银发〔2025〕77号第三条；国务院令第802号第十一条",
		English: "The receiver is free to accept, and a holder is free to choose its bank.",
		Chinese: "接收方自愿签收，持有人自主选择资金方。",
	},
	{
		Rule: record.Days60, Source: "State Council Order 802 art. 2, 3 and 9", SourceZH: "国务院令第802号第二条、第三条、第九条",
		English: "Small and medium enterprises are paid by public bodies within 30 days of delivery, 60 at most by contract, and by large firms within 60 days unless reasonably agreed.",
		Chinese: "机关、事业单位自交付之日起三十日内向中小企业付款，合同约定最长不超过六十日；大型企业六十日内付款，另有合理约定的除外。",
	},
	{
		Rule: record.Confirm30, Source: "State Council Order 802 art. 16", SourceZH: "国务院令第802号第十六条",
		English: "A debtor answers a request to confirm what it owes within 30 days.",
		Chinese: "付款方应自收到确权申请之日起三十日内确认债权债务。",
	},
	{
		Rule: record.NoDisguisedExtension, Source: "State Council Order 802 art. 11", SourceZH: "国务院令第802号第十一条",
		English: "A certificate does not lengthen the time to pay in disguise, and is used only as the contract agrees.",
		Chinese: "不得利用凭证变相延长付款期限，使用凭证须有合同约定。",
	},
	{
		Rule: record.LateInterest, Source: "State Council Order 802 art. 17", SourceZH: "国务院令第802号第十七条",
		English: "Late interest is the agreed rate, at least the one-year LPR of the contract date, else 0.05 % a day.",
		Chinese: "逾期利息按约定利率且不低于合同订立时一年期LPR，未约定的按日万分之五。",
	},
	{
		Rule: record.PledgeLock, Source: "Civil Code 445 and 428", SourceZH: "民法典第四百四十五条、第四百二十八条",
		English: "A registered pledge stops transfer and further financing; default never makes the pledgee the owner.",
		Chinese: "已登记质押的份额不得流转或再融资；违约不使质权人当然取得所有权。",
	},
	{
		Rule: record.Notice, Source: "Civil Code 546 and 768; judicial interpretation art. 50; 137 †", SourceZH: "民法典第五百四十六条、第七百六十八条；司法解释第五十条；第一百三十七条†",
		English: "Every transfer is an assignment of which the debtor is notified by its arrival on this ledger.",
		Chinese: "每次流转均为债权转让，自记入账本时视为已通知债务人。",
	},
	{
		Rule: record.Recourse, Source: "Civil Code 766 and 767; 700 †", SourceZH: "民法典第七百六十六条、第七百六十七条；第七百条†",
		English: "Financing with and without recourse are two flows; a surplus returns to the seller.",
		Chinese: "有追索与无追索分别处理，余额返还转让方。",
	},
	{
		Rule: record.SoleControl, Source: "Electronic Signature Law art. 13 and 15", SourceZH: "电子签名法第十三条、第十五条",
		English: "The signer alone controls the key; revocation is dated.",
		Chinese: "签名密钥由签名人专有控制，吊销记录时间。",
	},
	{
		Rule: record.OneHead, Source: "MLETR art. 11; UK Electronic Trade Documents Act 2023 s. 2(2)", SourceZH: "《电子可转让记录示范法》第十一条；英国《2023年电子贸易单据法》第二条",
		English: "A holding has one controller at a time, and a transfer deprives the transferor.",
		Chinese: "每份持有同一时间只有一个控制人，流转后转让方不再持有。",
	},
}

// Clauses returns the clause of every rule, in order of rule.
func Clauses() []Clause { return append([]Clause(nil), clauses...) }

// ClauseOf returns the clause of a rule; ok is false for an unknown number.
func ClauseOf(rule record.Rule) (c Clause, ok bool) {
	if int(rule) >= len(clauses) {
		return Clause{}, false
	}
	return clauses[rule], true
}

// Language is the language of an explanation.
type Language string

// Languages.
const (
	English Language = "en"
	Chinese Language = "zh"
)

// Explain renders what the rules decided: one paragraph for each rule that was
// asked, in order of rule, with its clause and the facts of a refusal or a flag.
// pack is the one that the decision names; when nil, it is named by number alone.
func Explain(d record.Decision, pack *record.Pack, lang Language) string {
	if d.Evaluated == 0 {
		return say(lang, "No rule was asked.\n", "未涉及规则判断。\n")
	}
	var b strings.Builder
	if pack != nil && pack.Ordinal == d.Pack {
		fmt.Fprintf(&b, say(lang, "Rule pack %d, in force from %s, hash %s.\n", "规则包第%d号，自%s起生效，哈希%s。\n"),
			pack.Ordinal, pack.Effective, Hash(pack))
	} else {
		fmt.Fprintf(&b, say(lang, "Rule pack %d.\n", "规则包第%d号。\n"), d.Pack)
	}
	for i := range clauses {
		c := &clauses[i]
		if d.Evaluated&(1<<c.Rule) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s %s (%s)\n  %s\n", c.Rule, verdict(d, c.Rule, lang), say(lang, c.Source, c.SourceZH), say(lang, c.English, c.Chinese))
		for _, in := range d.Inputs {
			if in.Rule == c.Rule {
				fmt.Fprintf(&b, "  - %s\n", in.Facts)
			}
		}
	}
	return b.String()
}

func verdict(d record.Decision, rule record.Rule, lang Language) string {
	switch {
	case d.Failed&(1<<rule) != 0:
		return say(lang, "refused", "拒绝")
	case d.Flagged&(1<<rule) != 0:
		return say(lang, "allowed and flagged", "允许，已标注")
	default:
		return say(lang, "allowed", "允许")
	}
}

func say(lang Language, english, chinese string) string {
	if lang == Chinese {
		return chinese
	}
	return english
}
