package code

// The list. Numbers and names are never changed, reused or removed: stored
// outcomes refer to them for ever. New codes are added at the end of their
// group. testdata/codes.txt repeats the list and a test compares.
const (
	OK Code = 0

	// Form of a transaction and its admission.
	Internal          Code = 1
	BadForm           Code = 100
	TooLarge          Code = 101
	WrongNetwork      Code = 102
	Expired           Code = 103
	ExpiresTooLate    Code = 104
	Replayed          Code = 105
	UnknownCredential Code = 106
	BadSignature      Code = 107
	UnknownFunction   Code = 108
	BadArgument       Code = 109
	NotSubmittable    Code = 110
	MempoolFull       Code = 111
	Conflict          Code = 112

	// Execution.
	LimitExceeded  Code = 200
	ContractFault  Code = 201
	AmountOverflow Code = 202
	BadAmount      Code = 203
	BadInterval    Code = 204
	BadDate        Code = 205
	BadNumber      Code = 206
	NotFound       Code = 207
	AlreadyExists  Code = 208
	DevnetOnly     Code = 209
	BatchItem      Code = 210
	BadRate        Code = 211

	// Members, credentials, control.
	NotAuthorised      Code = 300
	CredentialRevoked  Code = 301
	CredentialExpired  Code = 302
	MemberSuspended    Code = 303
	MemberUnknown      Code = 304
	RoleMissing        Code = 305
	BadPossession      Code = 306
	BadKey             Code = 307
	RoleConflict       Code = 308
	CoolingOff         Code = 309
	AccountUnconfirmed Code = 310
	LastAdmin          Code = 311
	ValidatorConflict  Code = 312

	// Approvals.
	ApprovalRequired Code = 400
	SamePerson       Code = 401
	ProposalClosed   Code = 402
	ProposalExpired  Code = 403
	ManifestMismatch Code = 404
	NotApprovable    Code = 405
	AlreadyApproved  Code = 406
	QuorumMissing    Code = 407

	// Rules.
	TermTooLong     Code = 500
	ReviewMissing   Code = 501
	DebtorStopped   Code = 502
	RulePackUnknown Code = 503
	RulePackInvalid Code = 504
	TierTooDeep     Code = 505
	TooManyPieces   Code = 506
	PieceTooSmall   Code = 507
	TooFast         Code = 508

	// Credit lines.
	LineUnknown      Code = 600
	LineInsufficient Code = 601
	LineFrozen       Code = 602
	LineExpired      Code = 603
	GroupExceeded    Code = 604
	LineMismatch     Code = 605

	// Evidence.
	EvidenceMissing      Code = 700
	EvidenceInsufficient Code = 701
	EvidenceParties      Code = 702
	EvidenceCancelled    Code = 703
	EvidenceDuplicate    Code = 704
	EvidenceUnverified   Code = 705
	EvidenceEpoch        Code = 706

	// Certificates and holdings.
	HoldingChanged      Code = 800
	HoldingLocked       Code = 801
	NotOwner            Code = 802
	CertificateState    Code = 803
	ReferenceUsed       Code = 804
	NumberUsed          Code = 805
	SelfTransfer        Code = 806
	TransferToDebtor    Code = 807
	OfferClosed         Code = 808
	OfferLapsed         Code = 809
	NotReceiver         Code = 810
	NotMergeable        Code = 811
	Frozen              Code = 812
	OrderClosed         Code = 813
	CurrencyUnsupported Code = 814
	Matured             Code = 815
	ConfirmationClosed  Code = 816
	PledgeMismatch      Code = 817

	// Financing and settlement.
	FinancingState      Code = 850
	RequestClosed       Code = 851
	NotInvited          Code = 852
	QuoteMissing        Code = 853
	QuoteExpired        Code = 854
	QuoteAltered        Code = 855
	TermsInvalid        Code = 856
	LimitReached        Code = 857
	ConsentMissing      Code = 858
	RegistrationMissing Code = 859
	RegistrationInvalid Code = 860
	RateClosed          Code = 861
	RateUnfit           Code = 862
	AlreadyFinanced     Code = 863
	Redeemed            Code = 864
	SettlementState     Code = 865
	SettlementLapsed    Code = 866
	Instructed          Code = 867
	AdviceUsed          Code = 868
	AdviceMismatch      Code = 869

	RunState         Code = 870
	RunDividing      Code = 871
	FundsExceed      Code = 872
	NotOverdue       Code = 873
	LegState         Code = 874
	PayeeMissing     Code = 875
	RecourseMissing  Code = 876
	GuaranteeUsed    Code = 877
	ExtensionState   Code = 878
	ExtensionInvalid Code = 879
	WaiverInvalid    Code = 880
	LateRateInvalid  Code = 881
	AlertState       Code = 882

	// The node, its API and the command line.
	Unauthenticated  Code = 900
	RateLimited      Code = 901
	NodeStopping     Code = 902
	NodeCatchingUp   Code = 903
	BadRequest       Code = 904
	BadFile          Code = 905
	BadCursor        Code = 906
	QuotaExceeded    Code = 907
	Unreachable      Code = 908
	BadConfig        Code = 909
	WrongPassphrase  Code = 910
	TimedOut         Code = 911
	InvitationClosed Code = 912
	EnrolmentState   Code = 913
	StorageFull      Code = 914
)

//nolint:gochecknoglobals // read-only table of constants
var entries = []Entry{
	{OK, "OK", "Done.", "已完成。", "", ""},
	{Internal, "INTERNAL", "The node could not complete the request.", "节点未能完成请求。", "Quote the request id to the node's operator.", "请将请求编号告知节点运维人员。"},

	{BadForm, "BAD_FORM", "The transaction is not in the required form.", "交易格式不符合要求。", "Build it again with a current client; nothing was recorded.", "请使用当前版本的客户端重新生成；未产生任何记录。"},
	{TooLarge, "TOO_LARGE", "The transaction or file is larger than allowed.", "交易或文件超过允许的大小。", "Divide it into smaller parts.", "请拆分为较小的部分。"},
	{WrongNetwork, "WRONG_NETWORK", "The transaction was made for another network.", "该交易属于另一网络。", "Check the network name in your configuration.", "请检查配置中的网络名称。"},
	{Expired, "EXPIRED", "The transaction's expiry has passed.", "交易已过有效期。", "Sign it again; the first one can no longer take effect.", "请重新签名；原交易不会再生效。"},
	{ExpiresTooLate, "EXPIRES_TOO_LATE", "The transaction's expiry is further ahead than allowed.", "交易有效期超出允许范围。", "Use an expiry within 24 hours of the ledger's time.", "请使用账本时间24小时以内的有效期。"},
	{Replayed, "REPLAYED", "This transaction was already recorded.", "该交易已被记录。", "Look up its outcome by its id.", "请按交易编号查询执行结果。"},
	{UnknownCredential, "UNKNOWN_CREDENTIAL", "The signing credential is not registered.", "签名所用身份证书未登记。", "Ask your member's admin to register it.", "请联系本单位管理员登记。"},
	{BadSignature, "BAD_SIGNATURE", "The signature does not match.", "签名不符。", "Sign with the registered key.", "请使用已登记的密钥签名。"},
	{UnknownFunction, "UNKNOWN_FUNCTION", "No contract function has this exact name.", "没有该名称的合约功能。", "Check the spelling; names are case-sensitive.", "请检查拼写，区分大小写。"},
	{BadArgument, "BAD_ARGUMENT", "The argument does not fit the function.", "参数不符合该功能的要求。", "Compare it with the function's description.", "请对照该功能的说明检查。"},
	{NotSubmittable, "NOT_SUBMITTABLE", "This function runs only through an approved proposal.", "该功能只能通过已批准的提案执行。", "Make a proposal with approval:Propose.", "请使用 approval:Propose 提交提案。"},
	{MempoolFull, "MEMPOOL_FULL", "The node has too many transactions waiting.", "节点等待处理的交易过多。", "Send the same transaction again shortly.", "请稍后重新发送同一交易。"},
	{Conflict, "CONFLICT", "The same id was used for a different body.", "同一编号对应了不同内容。", "Make a new id for a new request.", "新请求请使用新编号。"},

	{LimitExceeded, "LIMIT_EXCEEDED", "The operation passes a limit of the ledger.", "操作超过账本限制。", "Divide it into smaller operations.", "请拆分为较小的操作。"},
	{ContractFault, "CONTRACT_FAULT", "The contract stopped on a fault; nothing was changed.", "合约因故障中止，未作任何更改。", "Report the transaction id to the operator.", "请将交易编号告知运营方。"},
	{AmountOverflow, "AMOUNT_OVERFLOW", "The amount is larger than the ledger can hold.", "金额超出账本可表示范围。", "Check the amount.", "请检查金额。"},
	{BadAmount, "BAD_AMOUNT", "The amount is not valid.", "金额无效。", "Give yuan with two decimals, above zero.", "请填写大于零、保留两位小数的金额（元）。"},
	{BadInterval, "BAD_INTERVAL", "The interval is not valid.", "区间无效。", "Take the interval from the holding as it stands.", "请以持有记录的当前区间为准。"},
	{BadDate, "BAD_DATE", "The date or time is not valid.", "日期或时间无效。", "Write dates as yyyy-mm-dd.", "日期请写作 yyyy-mm-dd。"},
	{BadNumber, "BAD_NUMBER", "The number's form or check digits are wrong.", "编号格式或校验码有误。", "Check it for a typing error.", "请检查是否录入有误。"},
	{NotFound, "NOT_FOUND", "Nothing with this identifier is on the ledger.", "账本上没有该编号的记录。", "Check the identifier.", "请检查编号。"},
	{AlreadyExists, "ALREADY_EXISTS", "Something with this identifier is already on the ledger.", "该编号的记录已存在。", "Use another identifier, or the existing record.", "请使用其他编号或已有记录。"},
	{DevnetOnly, "DEVNET_ONLY", "This is allowed only on a development network.", "仅开发网络允许此操作。", "", ""},
	{BatchItem, "BATCH_ITEM", "An item cannot be part of a batch.", "该项不能批量执行。", "Send it as a transaction of its own.", "请作为单独交易提交。"},
	{BadRate, "BAD_RATE", "The rate is not valid.", "利率无效。", "Give percent a year with four decimals.", "请以年化百分比（四位小数）填写。"},

	{NotAuthorised, "NOT_AUTHORISED", "The signer may not do this.", "签名人无权进行此操作。", "Ask somebody with the required role.", "请由具备相应角色的人员办理。"},
	{CredentialRevoked, "CREDENTIAL_REVOKED", "The signing credential was revoked.", "签名所用身份证书已吊销。", "Use a current credential.", "请使用有效的身份证书。"},
	{CredentialExpired, "CREDENTIAL_EXPIRED", "The signing credential is not valid at this time.", "签名所用身份证书不在有效期内。", "Renew the credential.", "请更新身份证书。"},
	{MemberSuspended, "MEMBER_SUSPENDED", "The member is suspended.", "成员已被暂停。", "Ask the sponsor bank.", "请联系推荐银行。"},
	{MemberUnknown, "MEMBER_UNKNOWN", "The enterprise is not a member of this network.", "该企业不是本网络成员。", "Ask a bank to enrol it.", "请由银行办理入网。"},
	{RoleMissing, "ROLE_MISSING", "The signer's role does not allow this.", "签名人的角色不允许此操作。", "Ask somebody with the required role.", "请由具备相应角色的人员办理。"},
	{BadPossession, "BAD_POSSESSION", "The proof that the key is held by this person is wrong.", "密钥持有证明有误。", "Make the enrolment request again with the key itself.", "请使用该密钥重新生成登记申请。"},
	{BadKey, "BAD_KEY", "The public key is not acceptable.", "公钥不可接受。", "Make a new P-256 or Ed25519 key.", "请重新生成 P-256 或 Ed25519 密钥。"},
	{RoleConflict, "ROLE_CONFLICT", "These roles cannot be held together.", "这些角色不能兼任。", "An admin is neither maker nor checker.", "管理员不得兼任经办或复核。"},
	{CoolingOff, "COOLING_OFF", "A cooling-off time is still running.", "冷静期尚未结束。", "Try again after it.", "请在冷静期结束后再试。"},
	{AccountUnconfirmed, "ACCOUNT_UNCONFIRMED", "The bank account is not confirmed yet.", "银行账户尚未确认。", "Ask the account's bank to confirm it.", "请开户银行确认。"},
	{LastAdmin, "LAST_ADMIN", "The member would be left without an admin.", "操作后该成员将没有管理员。", "Register another admin first.", "请先登记另一名管理员。"},
	{ValidatorConflict, "VALIDATOR_CONFLICT", "The validator set does not allow this change.", "验证节点集合不允许此变更。", "Check the validator's key and the number of validators.", "请检查验证节点密钥与节点数量。"},

	{ApprovalRequired, "APPROVAL_REQUIRED", "This needs a second person's approval.", "此操作需要复核。", "Propose it; a checker approves.", "请先提交提案，由复核人批准。"},
	{SamePerson, "SAME_PERSON", "Maker and checker must be different people with different keys.", "经办与复核必须是不同的人并使用不同密钥。", "Ask another person to approve.", "请由其他人员复核。"},
	{ProposalClosed, "PROPOSAL_CLOSED", "The proposal was already decided.", "提案已有结论。", "See its outcome.", "请查看其结果。"},
	{ProposalExpired, "PROPOSAL_EXPIRED", "The proposal expired before it was decided.", "提案已过期。", "Propose again.", "请重新提交提案。"},
	{ManifestMismatch, "MANIFEST_MISMATCH", "What is being approved is not what was proposed.", "所批准的内容与提案不一致。", "Review the proposal again before approving.", "请重新核对提案后再批准。"},
	{NotApprovable, "NOT_APPROVABLE", "This function cannot be proposed.", "该功能不能作为提案。", "Send it directly.", "请直接提交。"},
	{AlreadyApproved, "ALREADY_APPROVED", "This party has already approved.", "该方已经批准。", "Wait for the other parties.", "请等待其他各方。"},
	{QuorumMissing, "QUORUM_MISSING", "The approver is not one whose approval counts here.", "该批准人不在应批准之列。", "See who must approve in the proposal.", "请查看提案应由谁批准。"},

	{TermTooLong, "TERM_TOO_LONG", "The term is longer than the rule allows.", "期限超过规定上限。", "Choose an earlier maturity.", "请选择更早的到期日。"},
	{ReviewMissing, "REVIEW_MISSING", "A term above the ordinary cap needs a reviewing bank's signature.", "超过一般期限须有审核银行签署意见。", "Ask a bank to review the certificate's terms.", "请银行审核凭证条款。"},
	{DebtorStopped, "DEBTOR_STOPPED", "The debtor may not issue while a debt is overdue.", "付款方存在逾期，暂停开立。", "Settle the overdue debt first.", "请先清偿逾期债务。"},
	{RulePackUnknown, "RULE_PACK_UNKNOWN", "No rule pack is in force for this date.", "该日期没有生效的规则包。", "Ask the operator.", "请联系运营方。"},
	{RulePackInvalid, "RULE_PACK_INVALID", "The rule pack is not valid.", "规则包无效。", "Correct the named field.", "请更正所指字段。"},
	{TierTooDeep, "TIER_TOO_DEEP", "The transfer would pass the limit on tiers.", "流转层级超过上限。", "Transfer to a nearer tier, or finance instead.", "请改为融资或缩短层级。"},
	{TooManyPieces, "TOO_MANY_PIECES", "The certificate would have more pieces than allowed.", "凭证拆分份数超过上限。", "Merge pieces, or transfer larger ones.", "请合并或流转较大份额。"},
	{PieceTooSmall, "PIECE_TOO_SMALL", "A piece would be smaller than allowed.", "拆分后份额低于最小金额。", "Choose an amount that leaves no small remainder.", "请调整金额，避免过小的余额。"},
	{TooFast, "TOO_FAST", "There were too many operations in a short time.", "短时间内操作过于频繁。", "Try again later.", "请稍后再试。"},

	{LineUnknown, "LINE_UNKNOWN", "The credit line does not exist.", "授信额度不存在。", "Check the bank and the line.", "请检查银行与额度。"},
	{LineInsufficient, "LINE_INSUFFICIENT", "The credit line has too little left.", "授信额度不足。", "Ask the bank, or issue less.", "请联系银行或减少开立金额。"},
	{LineFrozen, "LINE_FROZEN", "The credit line is frozen.", "授信额度已冻结。", "Ask the bank.", "请联系银行。"},
	{LineExpired, "LINE_EXPIRED", "The credit line is not valid on this date.", "授信额度不在有效期内。", "Ask the bank to renew it.", "请联系银行续期。"},
	{GroupExceeded, "GROUP_EXCEEDED", "The group's cap has too little left.", "集团额度上限不足。", "Ask the bank.", "请联系银行。"},
	{LineMismatch, "LINE_MISMATCH", "The line is not this debtor's.", "该额度不属于该付款方。", "Name one of the debtor's own lines.", "请使用付款方自己的额度。"},

	{EvidenceMissing, "EVIDENCE_MISSING", "The named invoice, contract or delivery is not on the ledger.", "所列发票、合同或验收单未登记。", "Register the evidence first.", "请先登记贸易背景。"},
	{EvidenceInsufficient, "EVIDENCE_INSUFFICIENT", "The allocations do not cover the amount, or an invoice has too little left.", "贸易背景不足以覆盖金额。", "Add invoices, or lower the amount.", "请补充发票或降低金额。"},
	{EvidenceParties, "EVIDENCE_PARTIES", "The evidence is between other parties.", "贸易背景的买卖双方不符。", "The buyer must be the payer and the seller the receiver.", "购买方须为付款人，销售方须为收款人。"},
	{EvidenceCancelled, "EVIDENCE_CANCELLED", "The invoice was cancelled by a red-letter invoice.", "发票已红冲。", "Use another invoice.", "请更换发票。"},
	{EvidenceDuplicate, "EVIDENCE_DUPLICATE", "This invoice is already registered.", "该发票已登记。", "Use the registered invoice's remaining amount.", "请使用已登记发票的剩余金额。"},
	{EvidenceUnverified, "EVIDENCE_UNVERIFIED", "The invoice has no valid verification.", "发票尚未核验。", "Have a bank attest it.", "请银行出具核验证明。"},
	{EvidenceEpoch, "EVIDENCE_EPOCH", "The fingerprint's scheme or epoch is not accepted.", "指纹方案或批次不被接受。", "Ask a bank's node for a current fingerprint.", "请向银行节点重新取得指纹。"},

	{HoldingChanged, "HOLDING_CHANGED", "The holding is no longer as the request describes it.", "持有记录已发生变化。", "Read it again and repeat the operation.", "请重新读取后再操作。"},
	{HoldingLocked, "HOLDING_LOCKED", "The fen named are locked by another operation.", "所涉金额已被其他操作锁定。", "Finish or cancel that operation first.", "请先完成或取消该操作。"},
	{NotOwner, "NOT_OWNER", "The holding belongs to somebody else.", "该持有不属于签名单位。", "Only the owner can do this.", "仅持有人可办理。"},
	{CertificateState, "CERTIFICATE_STATE", "The certificate's state does not allow this.", "凭证当前状态不允许此操作。", "See the certificate's history.", "请查看凭证历史。"},
	{ReferenceUsed, "REFERENCE_USED", "This payment reference already issued a certificate.", "该付款参考号已开立过凭证。", "Look up the certificate that has it; nothing was issued twice.", "请查询已开立的凭证；未重复开立。"},
	{NumberUsed, "NUMBER_USED", "This certificate number is already used.", "该凭证编号已被使用。", "Take the next number.", "请使用下一个编号。"},
	{SelfTransfer, "SELF_TRANSFER", "A holding cannot be transferred to its owner.", "不能流转给自己。", "Choose another receiver.", "请选择其他接收方。"},
	{TransferToDebtor, "TRANSFER_TO_DEBTOR", "A holding cannot be transferred to its debtor.", "不能流转给付款方。", "Choose another receiver.", "请选择其他接收方。"},
	{OfferClosed, "OFFER_CLOSED", "The offer was already accepted, refused or withdrawn.", "该转让已签收、拒收或撤回。", "See its outcome.", "请查看其结果。"},
	{OfferLapsed, "OFFER_LAPSED", "The time to accept has passed.", "签收期限已过。", "Ask the sender to offer again.", "请转让方重新发起。"},
	{NotReceiver, "NOT_RECEIVER", "Only the receiver can do this.", "仅接收方可办理。", "", ""},
	{NotMergeable, "NOT_MERGEABLE", "These holdings cannot be merged.", "这些持有不能合并。", "Merge only neighbours with the same owner and terms and no locks.", "仅可合并相邻、同一持有人、条款一致且未锁定的份额。"},
	{Frozen, "FROZEN", "The fen named are frozen by order.", "所涉金额已被冻结。", "Wait for the order to be lifted.", "请等待解除冻结。"},
	{OrderClosed, "ORDER_CLOSED", "The order is no longer in force.", "该指令已失效。", "", ""},
	{CurrencyUnsupported, "CURRENCY_UNSUPPORTED", "Only CNY is accepted.", "仅支持人民币。", "", ""},
	{Matured, "MATURED", "The certificate has reached its payment date.", "凭证已到付款日。", "It can only be cleared now.", "仅可清分。"},
	{ConfirmationClosed, "CONFIRMATION_CLOSED", "The request to confirm was already answered.", "确权申请已答复。", "", ""},
	{PledgeMismatch, "PLEDGE_MISMATCH", "The pledge does not match.", "质押信息不符。", "Check the pledge's id and pledgee.", "请检查质押编号与质权人。"},

	{FinancingState, "FINANCING_STATE", "The financing's state does not allow this.", "融资当前状态不允许此操作。", "See how the financing stands.", "请查看融资的当前状态。"},
	{RequestClosed, "REQUEST_CLOSED", "The request no longer takes quotes.", "该融资申请已停止接受报价。", "See its deadline; a new request can be made.", "请查看报价截止时间；可重新提出申请。"},
	{NotInvited, "NOT_INVITED", "The bank was not invited to quote.", "该银行未受邀报价。", "The holder chooses whom it asks.", "由持有人自主选择询价银行。"},
	{QuoteMissing, "QUOTE_MISSING", "The bank has no quote that can be taken.", "该银行没有可选用的报价。", "Choose one of the quotes that were made.", "请选择已收到的报价。"},
	{QuoteExpired, "QUOTE_EXPIRED", "The quote has expired.", "报价已过有效期。", "Choose another quote, or ask again.", "请选择其他报价或重新询价。"},
	{QuoteAltered, "QUOTE_ALTERED", "What is opened is not what the bank sealed.", "所揭示的内容与银行密封的报价不一致。", "Open the quote exactly as it was decrypted.", "请按解密所得的原文揭示报价。"},
	{TermsInvalid, "TERMS_INVALID", "The terms do not work out.", "融资条件不成立。", "Correct the term that is named.", "请更正所指条件。"},
	{LimitReached, "LIMIT_REACHED", "The bank's own limit has too little left.", "资金方自身限额不足。", "Choose a smaller amount or another bank.", "请减少金额或选择其他银行。"},
	{ConsentMissing, "CONSENT_MISSING", "A party that the terms name has not signed.", "条件所涉一方尚未签署。", "Ask the guarantor or the debtor to sign.", "请担保方或付款方签署。"},
	{RegistrationMissing, "REGISTRATION_MISSING", "The financing is not searched for and registered yet.", "融资尚未在统一登记系统查询并登记。", "Search, register, and record both entries first.", "请先查询、登记并录入结果。"},
	{RegistrationInvalid, "REGISTRATION_INVALID", "The entry does not follow from what is registered.", "该登记与已有登记不相衔接。", "See the entries that are recorded.", "请核对已录入的登记。"},
	{RateClosed, "RATE_CLOSED", "The posted offer is no longer open.", "该挂牌报价已关闭。", "See the offers that are open.", "请查看有效的挂牌报价。"},
	{RateUnfit, "RATE_UNFIT", "The fen are not such as the posted offer takes.", "所涉份额不符合挂牌报价的条件。", "Compare debtor, tier, term and size with the offer.", "请对照付款方、层级、期限与金额条件。"},
	{AlreadyFinanced, "ALREADY_FINANCED", "The fen named are financed already.", "所涉金额已融资。", "The same fen are financed once.", "同一份额只能融资一次。"},
	{Redeemed, "REDEEMED", "The fen named were paid already.", "所涉金额已兑付。", "Only fen that are still owed can be used.", "仅未兑付的份额可以办理。"},
	{SettlementState, "SETTLEMENT_STATE", "The settlement's state does not allow this.", "结算当前状态不允许此操作。", "See how the settlement stands.", "请查看结算的当前状态。"},
	{SettlementLapsed, "SETTLEMENT_LAPSED", "The time to instruct the payment has passed.", "付款指令期限已过。", "Agree on it again.", "请重新达成。"},
	{Instructed, "INSTRUCTED", "The payment was instructed; there is no way back.", "付款已发出指令，不可撤回。", "It ends with a bank's advice or proof that nothing was paid.", "须以银行回单或未付证明结束。"},
	{AdviceUsed, "ADVICE_USED", "This bank advice was used before.", "该银行回单已被使用。", "An advice settles one payment, once.", "一份回单仅能结算一笔付款。"},
	{AdviceMismatch, "ADVICE_MISMATCH", "The advice does not match the payment.", "回单与应付款项不符。", "Compare amount, accounts and time.", "请核对金额、账户与时间。"},

	{RunState, "RUN_STATE", "The run's state does not allow this.", "清分批次当前状态不允许此操作。", "See how the run stands.", "请查看清分批次的当前状态。"},
	{RunDividing, "RUN_DIVIDING", "The run's funds are being divided just now.", "清分资金正在分配。", "Try again when the legs are computed.", "请在清分明细计算完成后再试。"},
	{FundsExceed, "FUNDS_EXCEED", "The funds are more than what is open in the run.", "资金超过该批次未付金额。", "Confirm at most what is open.", "确认金额不得超过未付金额。"},
	{NotOverdue, "NOT_OVERDUE", "The fen named are not overdue.", "所涉金额未逾期。", "Wait for the payment date and its clearing.", "请等待付款日及其清分。"},
	{LegState, "LEG_STATE", "The leg's state does not allow this.", "清分明细当前状态不允许此操作。", "See how the leg stands.", "请查看清分明细的当前状态。"},
	{PayeeMissing, "PAYEE_MISSING", "The payee has no account to which it can be paid.", "收款方没有可用的收款账户。", "The payee registers and chooses an account.", "请收款方登记并选定收款账户。"},
	{RecourseMissing, "RECOURSE_MISSING", "Nobody stands behind these fen in this way.", "所涉份额没有相应的追索或担保责任人。", "See the claim on the holding.", "请查看该持有所附的权利。"},
	{GuaranteeUsed, "GUARANTEE_USED", "The guarantee has too little left.", "担保金额余额不足。", "Call for at most what is left of it.", "索偿金额不得超过担保余额。"},
	{ExtensionState, "EXTENSION_STATE", "The offer to pay later no longer takes this.", "该展期要约已不接受此操作。", "See how the offer stands.", "请查看展期要约的当前状态。"},
	{ExtensionInvalid, "EXTENSION_INVALID", "The new date is not one to which the fen can be extended.", "展期日期不符合规定。", "Choose a working date within the term cap counted from the issue.", "请选择自开立日起期限上限内的日期。"},
	{WaiverInvalid, "WAIVER_INVALID", "There is no such late interest to give up.", "没有可减免的逾期利息。", "See what has accrued to the member.", "请查看应收逾期利息。"},
	{LateRateInvalid, "LATE_RATE_INVALID", "The agreed late interest is below the one-year LPR of the contract's date.", "约定的逾期利率低于合同订立时一年期LPR。", "Agree on at least the LPR, or on none.", "请约定不低于LPR的利率，或不作约定。"},
	{AlertState, "ALERT_STATE", "The alert was closed.", "该预警已关闭。", "See its answers.", "请查看处理记录。"},

	{Unauthenticated, "UNAUTHENTICATED", "The request carries no valid login.", "请求未通过身份验证。", "Sign a login token with a registered key.", "请使用已登记密钥签署登录令牌。"},
	{RateLimited, "RATE_LIMITED", "Too many requests.", "请求过于频繁。", "Wait and send it again.", "请稍后重试。"},
	{NodeStopping, "NODE_STOPPING", "The node is stopping.", "节点正在停止。", "Send it to another node.", "请发送到其他节点。"},
	{NodeCatchingUp, "NODE_CATCHING_UP", "The node is still catching up.", "节点正在同步。", "Try again shortly, or another node.", "请稍后再试或使用其他节点。"},
	{BadRequest, "BAD_REQUEST", "The request is not valid.", "请求无效。", "Compare it with the API description.", "请对照接口说明检查。"},
	{BadFile, "BAD_FILE", "The file cannot be read as expected.", "文件无法按预期读取。", "Correct the named line, or take the template.", "请更正所指行，或使用模板。"},
	{BadCursor, "BAD_CURSOR", "The page cursor is not valid.", "分页游标无效。", "Start from the first page.", "请从第一页开始。"},
	{QuotaExceeded, "QUOTA_EXCEEDED", "The quota for today is used up.", "当日配额已用完。", "Try again tomorrow, or ask the bank.", "请明日再试或联系银行。"},
	{Unreachable, "UNREACHABLE", "The node does not answer.", "节点无响应。", "Check its address and that it runs.", "请检查节点地址及其是否运行。"},
	{BadConfig, "BAD_CONFIG", "The configuration is not valid.", "配置无效。", "Correct the named field.", "请更正所指字段。"},
	{WrongPassphrase, "WRONG_PASSPHRASE", "The passphrase does not open the key.", "口令无法打开密钥。", "Try again.", "请重试。"},
	{TimedOut, "TIMED_OUT", "No final outcome was seen in the time given.", "在给定时间内未得到最终结果。", "Look up the transaction by its id; do not sign a new one yet.", "请按交易编号查询；暂勿重新签名。"},
	{InvitationClosed, "INVITATION_CLOSED", "The invitation can no longer be used.", "该邀请已失效。", "Ask who invited you for a new one.", "请联系邀请方重新发出邀请。"},
	{EnrolmentState, "ENROLMENT_STATE", "The request to enrol or to recover a key is no longer open.", "该入网或密钥恢复申请已处理。", "See how the request stands.", "请查看申请的当前状态。"},
	{StorageFull, "STORAGE_FULL", "The member's space for files at this node is used up.", "该成员在本节点的文件空间已用完。", "Ask the bank that runs the node for more space.", "请联系运行该节点的银行增加空间。"},
}
