/**
 * What each contract function does, in one sentence. {member} stands for a member of the argument, {sum} for the sum of
 * its legs. A sentence speaks of nothing that the argument does not say.
 */

/** Title and sentence of a function in both languages, and a warning where there is no way back. */
export interface Sentence {
  title: readonly [zh: string, en: string];
  text: readonly [zh: string, en: string];
  warning?: readonly [zh: string, en: string];
}

const final = ["签名后不可撤回。", "Once signed there is no way back."] as const;

const s = (
  title: readonly [string, string], text: readonly [string, string], warning?: readonly [string, string],
): Sentence => (warning ? { title, text, warning } : { title, text });

/** All functions that people sign. */
export const sentences: Record<string, Sentence> = {
  "member:Enrol": s(
    ["登记成员", "Enrol a member"],
    ["本行作为推荐行，将 {name}（{id}）登记为成员。", "Your bank vouches for {name} ({id}) and enrols it as a member."],
  ),
  "member:AdmitInstitution": s(
    ["接纳机构", "Admit an institution"],
    ["提议各验证银行接纳机构 {name}（{id}）。", "Propose to the validator banks to admit the institution {name} ({id})."],
  ),
  "member:Update": s(
    ["更新成员资料", "Update a member"],
    ["将 {member} 的名称更新为 {name}，类型为 {class}。", "Change the particulars of {member} to {name}, {class}."],
  ),
  "member:UpdateInstitution": s(
    ["更新机构资料", "Update an institution"],
    [
      "将机构 {member} 的名称更新为 {name}，类型为 {class}。",
      "Change the particulars of the institution {member} to {name}, {class}.",
    ],
  ),
  "member:Suspend": s(
    ["暂停成员", "Suspend a member"],
    ["暂停 {member} 的业务，原因：{reason}。其持有的凭证仍会被支付。", "Suspend {member}: {reason}. What it holds is still paid."],
  ),
  "member:Resume": s(
    ["恢复成员", "Resume a member"],
    ["恢复 {member} 的业务，原因：{reason}。", "Let {member} act again: {reason}."],
  ),
  "member:SuspendInstitution": s(
    ["暂停机构", "Suspend an institution"],
    ["提议暂停机构 {member}，原因：{reason}。", "Propose to suspend the institution {member}: {reason}."],
  ),
  "member:ResumeInstitution": s(
    ["恢复机构", "Resume an institution"],
    ["提议恢复机构 {member}，原因：{reason}。", "Propose to let the institution {member} act again: {reason}."],
  ),
  "member:AddCredential": s(
    ["新增人员密钥", "Add a key"],
    ["为 {member} 登记新密钥：{credential}。", "Register a new key for {member}: {credential}."],
  ),
  "member:RenewCredential": s(
    ["更换人员密钥", "Renew a key"],
    ["以新密钥接替旧密钥：{credential}。", "Register a new key for the person of an old one: {credential}."],
  ),
  "member:RevokeCredential": s(
    ["吊销密钥", "Revoke a key"],
    ["吊销密钥，原因：{reason}。用它提交且未决的审批一并失效。", "Revoke the key: {reason}. Open proposals made with it fall."],
    final,
  ),
  "member:Recover": s(
    ["恢复管理员密钥", "Recover a member's admin"],
    [
      "凭法定代表人申请，为 {member} 登记新的管理员密钥：{credential}。",
      "On the legal representative's request, register a new admin's key for {member}: {credential}.",
    ],
  ),
  "member:RecoverAdmin": s(
    ["恢复机构管理员密钥", "Recover an institution's admin"],
    [
      "提议为机构 {member} 登记新的管理员密钥：{credential}。",
      "Propose a new admin's key for the institution {member}: {credential}.",
    ],
  ),
  "member:SetPolicy": s(
    ["设定复核规则", "Set the policy"],
    ["今后以下操作须经复核：{rules}。", "From now on these operations need a checker: {rules}."],
  ),
  "member:ProposeAccount": s(
    ["登记银行账户", "Register an account"],
    ["登记在 {bank} 的账户“{id}”；账号已加密，账本上不可见。", "Register the account “{id}” at {bank}; its number is sealed."],
  ),
  "member:ConfirmAccount": s(
    ["确认银行账户", "Confirm an account"],
    ["本行确认账户“{account}”属于 {member}。", "Your bank confirms that the account “{account}” is {member}'s."],
  ),
  "member:ChooseAccount": s(
    ["选择收款账户", "Choose the account to be paid to"],
    ["今后到期款项付至账户“{account}”，冷静期后生效。", "Clearings are paid to the account “{account}” after the cooling-off time."],
  ),
  "member:CloseAccount": s(
    ["关闭银行账户", "Close an account"],
    ["关闭 {member} 的账户“{account}”。", "End the account “{account}” of {member}."],
    final,
  ),
  "member:AdmitValidator": s(
    ["接纳验证节点", "Admit a validator"],
    ["提议接纳 {bank} 的节点（{address}）参与共识。", "Propose to admit the node of {bank} ({address}) to consensus."],
  ),
  "member:RemoveValidator": s(
    ["移除验证节点", "Remove a validator"],
    ["提议将 {bank} 的节点移出共识。", "Propose to remove the node of {bank} from consensus."],
  ),
  "member:SetFingerprintEpoch": s(
    ["更换发票指纹密钥", "Change the fingerprint key"],
    ["提议发票指纹密钥进入第 {epoch} 期。", "Propose epoch {epoch} of the key for invoice fingerprints."],
  ),
  "rules:AdoptPack": s(
    ["采用规则包", "Adopt a rule pack"],
    ["提议采用新的规则包：{pack}。", "Propose a new rule pack: {pack}."],
  ),
  "rules:StopDebtor": s(
    ["停止付款方开立", "Stop a debtor"],
    ["本行证明 {debtor} 不得再开立凭证，原因：{reason}。", "Your bank attests that {debtor} may not issue: {reason}."],
  ),
  "rules:LiftStop": s(
    ["解除停止开立", "Lift a stop"],
    ["本行解除对 {debtor} 的停止开立，原因：{reason}。", "Your bank lifts its stop on {debtor}: {reason}."],
  ),
  "credit:SetGroup": s(
    ["设定额度组", "Set a group cap"],
    ["将额度组“{id}”的限额设为 {cap}。", "Set the cap of the group “{id}” to {cap}."],
  ),
  "credit:SetLimit": s(
    ["设定融资限额", "Set a limit"],
    ["设定对 {member}（{of}）的融资限额。", "Set the limit of financings on {member} ({of})."],
  ),
  "credit:Grant": s(
    ["授予信用额度", "Grant a credit line"],
    [
      "授予 {debtor} 信用额度“{id}” {limit}，{from} 至 {to} 有效。",
      "Grant {debtor} the credit line “{id}” of {limit}, from {from} to {to}.",
    ],
  ),
  "credit:FreezeLine": s(
    ["冻结信用额度", "Freeze a credit line"],
    ["冻结信用额度“{id}”，原因：{reason}。", "Freeze the credit line “{id}”: {reason}."],
  ),
  "credit:UnfreezeLine": s(
    ["解冻信用额度", "Unfreeze a credit line"],
    ["解冻信用额度“{id}”，原因：{reason}。", "Unfreeze the credit line “{id}”: {reason}."],
  ),
  "evidence:RecordContract": s(
    ["登记贸易合同", "Record a contract"],
    [
      "登记 {buyer} 与 {seller} 之间 {signed} 签订的合同，金额 {amount}。",
      "Record the contract of {signed} between {buyer} and {seller}, worth {amount}.",
    ],
  ),
  "evidence:RecordDelivery": s(
    ["登记交付验收", "Record a delivery"],
    [
      "确认 {accepted} 已验收价值 {amount} 的货物或服务。",
      "Record that goods or services worth {amount} were accepted on {accepted}.",
    ],
  ),
  "evidence:RecordInvoice": s(
    ["登记发票", "Record an invoice"],
    [
      "登记 {seller} 开给 {buyer} 的发票 {amount}，开票日 {date}。",
      "Record the invoice of {amount} from {seller} to {buyer}, dated {date}.",
    ],
  ),
  "evidence:Verify": s(
    ["核验发票", "Attest to an invoice"],
    ["本行核验发票（{kind}），是否一致：{good}。", "Your bank attests to an invoice ({kind}); it agrees: {good}."],
  ),
  "evidence:RedLetter": s(
    ["登记红字发票", "Record a red-letter invoice"],
    ["登记该发票已被红冲。", "Record that the invoice was cancelled in whole or in part."],
    final,
  ),
  "certificate:ReviewTerm": s(
    ["审核超常期限", "Review a long term"],
    [
      "本行同意 {debtor} 开立 {face}、{maturity} 到期的凭证，原因：{reason}。",
      "Your bank agrees to a certificate of {debtor} over {face} due on {maturity}: {reason}.",
    ],
  ),
  "certificate:Issue": s(
    ["开立凭证", "Issue a certificate"],
    [
      "向 {creditor} 开立 {face} 的凭证，承诺于 {maturity} 到期付款。",
      "Issue a certificate over {face} to {creditor}: a promise to pay at maturity on {maturity}.",
    ],
  ),
  "certificate:Accept": s(
    ["签收凭证", "Accept a certificate"],
    ["签收凭证 {certificate}，接受以此作为付款。", "Accept the certificate {certificate} in payment."],
    final,
  ),
  "certificate:Reject": s(
    ["拒收凭证", "Reject a certificate"],
    ["拒收凭证 {certificate}，原因：{reason}。", "Reject the certificate {certificate}: {reason}."],
    final,
  ),
  "certificate:Withdraw": s(
    ["撤回凭证", "Withdraw a certificate"],
    ["撤回尚未签收的凭证 {certificate}。", "Withdraw the certificate {certificate}, which was not accepted yet."],
    final,
  ),
  "certificate:Void": s(
    ["作废凭证", "Void a certificate"],
    ["双方作废凭证 {certificate}，原因：{reason}。", "Both sides cancel the certificate {certificate}: {reason}."],
    final,
  ),
  "certificate:RequestConfirmation": s(
    ["请求确认应付账款", "Ask for confirmation"],
    [
      "请 {debtor} 确认其依合同 {contract} 应付 {amount}。",
      "Ask {debtor} to confirm that it owes {amount} under the contract {contract}.",
    ],
  ),
  "certificate:AnswerConfirmation": s(
    ["答复确认请求", "Answer a request to confirm"],
    ["答复确认请求 {id}，是否确认：{agree}。", "Answer the request {id}; you agree: {agree}."],
  ),
  "certificate:Split": s(
    ["拆分持有份额", "Split a holding"],
    ["将凭证 {certificate} 的份额拆出 {amounts}。", "Cut {amounts} off a holding of the certificate {certificate}."],
  ),
  "certificate:Merge": s(
    ["合并持有份额", "Merge holdings"],
    ["合并凭证 {certificate} 的份额 {holdings}。", "Make the holdings {holdings} of the certificate {certificate} one."],
  ),
  "certificate:Transfer": s(
    ["转让付款", "Pay by transfer"],
    ["向 {to} 转让 {sum}，用于付款；对方签收后生效。", "Offer {sum} to {to} in payment; it takes effect when accepted."],
  ),
  "certificate:AcceptTransfer": s(
    ["签收转让", "Accept a transfer"],
    ["签收转让 {id}，接受以此作为付款。", "Accept the transfer {id} in payment."],
    final,
  ),
  "certificate:RejectTransfer": s(
    ["拒收转让", "Reject a transfer"],
    ["拒收转让 {id}，原因：{reason}。", "Reject the transfer {id}: {reason}."],
    final,
  ),
  "certificate:WithdrawTransfer": s(
    ["撤回转让", "Withdraw a transfer"],
    ["撤回尚未签收的转让 {id}。", "Withdraw the transfer {id}, which was not accepted yet."],
    final,
  ),
  "certificate:Pledge": s(
    ["设立质押", "Pledge"],
    [
      "向 {pledgee} 质押份额，担保债权 {secured}，登记编号 {registration}。",
      "Pledge fen to {pledgee} to secure {secured}, registered as {registration}.",
    ],
  ),
  "certificate:ReleasePledge": s(
    ["解除质押", "Release a pledge"],
    ["解除质押 {id}。", "Release the pledge {id}."],
    final,
  ),
  "certificate:Freeze": s(
    ["冻结", "Freeze"],
    [
      "依 {authority} {docket}，冻结 {target} 至多 {amount}。",
      "By {authority}, {docket}: freeze at most {amount} of {target}.",
    ],
  ),
  "certificate:Unfreeze": s(
    ["解除冻结", "Lift a freeze"],
    ["依 {authority} {docket}，解除冻结 {order}。", "By {authority}, {docket}: lift the freeze {order}."],
  ),
  "certificate:JudicialTransfer": s(
    ["司法划转", "Judicial transfer"],
    [
      "依 {authority} {docket}，将 {target} 的凭证 {certificate} 份额划转给 {receiver}。",
      "By {authority}, {docket}: fen of {target} in the certificate {certificate} become {receiver}'s.",
    ],
    final,
  ),
  "certificate:Succession": s(
    ["权利承继", "Succession"],
    [
      "依 {authority} {docket}，{target} 的份额由 {receiver} 承继。",
      "By {authority}, {docket}: the holdings of {target} become {receiver}'s.",
    ],
    final,
  ),
  "financing:Request": s(
    ["申请融资", "Ask for quotes"],
    [
      "以 {sum} 申请融资，报价截止 {quotesUntil}；款项付至账户“{account}”。份额在此期间锁定。",
      "Ask banks to quote for {sum} until {quotesUntil}, to be paid to the account “{account}”. The fen are locked meanwhile.",
    ],
  ),
  "financing:Quote": s(
    ["提交密封报价", "Send a sealed quote"],
    [
      "对融资 {financing} 提交密封报价，{expires} 前有效；本行额度同时占用。",
      "Send a sealed quote for the financing {financing}, valid until {expires}; your limits are reserved.",
    ],
  ),
  "financing:WithdrawQuote": s(
    ["撤回报价", "Withdraw a quote"],
    ["撤回对融资 {id} 的报价。", "Take back the quote for the financing {id}."],
    final,
  ),
  "financing:Select": s(
    ["选择报价", "Choose a quote"],
    ["选择 {bank} 对融资 {id} 的报价，实得 {net}。", "Choose the quote of {bank} for the financing {id}; {net} is paid out."],
    ["选定后其他报价即失效。", "All other quotes end with it."],
  ),
  "financing:PostRate": s(
    ["发布挂牌利率", "Post a rate"],
    [
      "发布挂牌利率“{id}”，单笔 {min} 至 {max}，{from} 至 {until} 有效；持有人接受即成立。",
      "Post the rate “{id}” for {min} to {max} each, from {from} until {until}; who takes it is financed.",
    ],
  ),
  "financing:CloseRate": s(
    ["关闭挂牌利率", "Close a rate"],
    ["关闭挂牌利率“{id}”。", "Close the posted rate “{id}”."],
  ),
  "financing:TakeRate": s(
    ["接受挂牌利率", "Take a posted rate"],
    [
      "以 {sum} 按 {bank} 的挂牌利率“{rate}”融资，实得 {net}，付至账户“{account}”。",
      "Finance {sum} at the posted rate “{rate}” of {bank}; {net} is paid to the account “{account}”.",
    ],
  ),
  "financing:Guarantee": s(
    ["同意担保", "Guarantee"],
    [
      "同意为融资 {id} 提供担保，担保费收至账户“{account}”。",
      "Guarantee the financing {id}; the fee is paid to the account “{account}”.",
    ],
    final,
  ),
  "financing:BearShare": s(
    ["同意分担费用", "Bear a share"],
    [
      "同意分担融资 {id} 的利息和费用，从账户“{account}”支付。",
      "Bear your share of the cost of the financing {id}, from the account “{account}”.",
    ],
    final,
  ),
  "financing:Resell": s(
    ["转卖", "Resell"],
    [
      "将融资 {financing} 的 {sum} 以 {price} 转卖给 {buyer}，有追索权：{recourse}。",
      "Sell {sum} of the financing {financing} to {buyer} for {price}; with recourse: {recourse}.",
    ],
  ),
  "financing:BuyBack": s(
    ["回购", "Buy back"],
    ["以 {price} 回购融资 {financing} 的 {sum}。", "Take {sum} of the financing {financing} back for {price}."],
  ),
  "financing:Repay": s(
    ["归还质押融资", "Repay a loan"],
    [
      "从账户“{account}”归还融资 {financing} 的 {amount}，计息至 {valueDate}。",
      "Repay {amount} of the financing {financing} from the account “{account}”, with interest to {valueDate}.",
    ],
  ),
  "financing:PostDiscount": s(
    ["发布提前付款折扣", "Offer to pay early"],
    [
      "愿以年折扣率 {rate} 提前付款（要约“{id}”），{from} 至 {until} 有效，从账户“{account}”支付。",
      "Offer “{id}” to pay early at {rate} a year, from {from} until {until}, from the account “{account}”.",
    ],
  ),
  "financing:CloseDiscount": s(
    ["关闭提前付款折扣", "Close an offer to pay early"],
    ["关闭提前付款要约“{id}”。", "Close the offer “{id}” to pay early."],
  ),
  "financing:TakeDiscount": s(
    ["接受提前付款", "Be paid early"],
    [
      "以 {sum} 换取 {debtor} 于 {valueDate} 提前付款 {amount}，付至账户“{account}”。",
      "For {sum}, {debtor} pays {amount} early on {valueDate} to the account “{account}”.",
    ],
  ),
  "financing:PaidOutside": s(
    ["登记线下付款", "Record a payment outside"],
    [
      "双方确认 {debtor} 已在账本外向 {holder} 支付 {sum}。",
      "Both sides say that {debtor} paid {sum} to {holder} outside of the ledger.",
    ],
    final,
  ),
  "registration:Record": s(
    ["登记中登网结果", "Record an entry in the registry"],
    [
      "登记融资 {financing} 在中登网的{kind}，编号 {number}。",
      "Record the {kind} of the financing {financing} in the registry, number {number}.",
    ],
  ),
  "settlement:Instruct": s(
    ["发出付款指令", "Instruct a payment"],
    ["本行承诺现在支付结算 {id}。", "Your bank signs that it pays the settlement {id} now."],
    ["这是不可撤回的一步：此后须由银行回报结果。", "There is no way back: from here on only banks say how it ends."],
  ),
  "settlement:Advise": s(
    ["回报付款结果", "Advise a payment"],
    [
      "本行回报：{payer} 于 {credited} 向 {payee} 支付 {amount}，参考号 {reference}。",
      "Your bank says that {payer} paid {amount} to {payee} at {credited}, reference {reference}.",
    ],
    final,
  ),
  "settlement:Confirm": s(
    ["确认收款", "Confirm that you were paid"],
    [
      "确认已于 {credited} 收到 {payer} 支付的 {amount}，参考号 {reference}。",
      "Confirm that {payer} paid you {amount} at {credited}, reference {reference}.",
    ],
    final,
  ),
  "settlement:Dispute": s(
    ["提出异议", "Dispute a payment"],
    ["对结算 {id} 提出异议：{reason}。", "Dispute the settlement {id}: {reason}."],
  ),
  "settlement:NotPaid": s(
    ["证明未付款", "Prove that nothing was paid"],
    ["本行证明结算 {id} 未付款：{reason}。", "Your bank proves that the settlement {id} was not paid: {reason}."],
    final,
  ),
  "settlement:Cancel": s(
    ["取消结算", "Cancel a settlement"],
    ["取消尚未指令的结算 {id}：{reason}。", "Cancel the settlement {id}, which was not instructed yet: {reason}."],
    final,
  ),
  "clearing:ConfirmFunds": s(
    ["确认备付资金", "Confirm funds"],
    [
      "本行确认付款方账户“{account}”已备 {amount} 用于清算 {run}。",
      "Your bank confirms {amount} in the debtor's account “{account}” for the run {run}.",
    ],
    ["确认后按持有份额比例分配，不可撤回。", "It is divided over all holders at once and cannot be taken back."],
  ),
  "clearing:Report": s(
    ["回报清算付款", "Report on a leg"],
    ["本行回报清算明细 {leg}：{says}。", "Your bank reports on the leg {leg}: {says}."],
    final,
  ),
  "clearing:Replace": s(
    ["重新付款", "Pay a leg again"],
    ["对清算明细 {leg} 重新付款。", "Make the leg {leg} again."],
  ),
  "clearing:Drop": s(
    ["放弃清算明细", "Drop a leg"],
    ["放弃清算明细 {leg}，原因：{reason}。", "Drop the leg {leg}, whose money is gone: {reason}."],
    final,
  ),
  "clearing:Direct": s(
    ["司法指定收款", "Direct a leg"],
    [
      "依 {authority} {docket}，清算明细 {leg} 的冻结部分付给 {receiver}。",
      "By {authority}, {docket}: the frozen share of the leg {leg} is paid to {receiver}.",
    ],
    final,
  ),
  "clearing:Recourse": s(
    ["行使追索权", "Take recourse"],
    ["就融资 {financing} 的逾期款项向出让方追索。", "Call on the seller for what is overdue under the financing {financing}."],
  ),
  "clearing:CallGuarantee": s(
    ["要求担保方代偿", "Call a guarantee"],
    [
      "就融资 {financing} 的逾期款项要求担保方代偿。",
      "Call on the guarantor for what is overdue under the financing {financing}.",
    ],
  ),
  "clearing:OfferExtension": s(
    ["提出展期", "Offer an extension"],
    [
      "提出将凭证 {certificate} 的逾期款项展期至 {maturity}，原因：{reason}。",
      "Offer to pay the overdue fen of the certificate {certificate} on {maturity}: {reason}.",
    ],
  ),
  "clearing:AcceptExtension": s(
    ["同意展期", "Accept an extension"],
    ["同意展期 {id}，涉及份额 {interval}。", "Agree to the extension {id} for the part {interval}."],
    final,
  ),
  "clearing:ConsentToExtension": s(
    ["同意展期（相关方）", "Consent to an extension"],
    ["作为相关方同意展期 {id}。", "Consent to the extension {id}."],
    final,
  ),
  "clearing:WithdrawExtension": s(
    ["撤回展期", "Withdraw an extension"],
    ["撤回展期 {id}。", "Withdraw the extension {id}."],
    final,
  ),
  "clearing:Waive": s(
    ["放弃逾期利息", "Waive late interest"],
    ["放弃应得的逾期利息，原因：{reason}。", "Give up late interest of your own, for {reason}."],
    final,
  ),
  "clearing:ConsentToWaiver": s(
    ["同意放弃逾期利息", "Consent to a waiver"],
    ["作为质权人同意放弃逾期利息 {id}。", "Consent as pledgee to the waiver {id}."],
    final,
  ),
  "alert:Answer": s(
    ["答复预警", "Answer an alert"],
    ["答复预警，结论：{state}，说明：{reason}。", "Answer the alert as {state}: {reason}."],
  ),
  "approval:Propose": s(
    ["提交审批", "Propose for approval"],
    ["提交下列操作，等待审批。", "Propose what follows; it waits for approval."],
  ),
  "approval:Approve": s(
    ["批准", "Approve"],
    ["批准审批事项 {id}；达到所需人数后立即执行。", "Approve the proposal {id}; with the last approval needed it is carried out."],
    final,
  ),
  "approval:Refuse": s(
    ["拒绝", "Refuse"],
    ["拒绝审批事项 {id}，原因：{reason}。", "Refuse the proposal {id}: {reason}."],
    final,
  ),
  "approval:Withdraw": s(
    ["撤回审批", "Withdraw a proposal"],
    ["撤回审批事项 {id}。", "Withdraw the proposal {id}."],
    final,
  ),
  "batch:Run": s(
    ["批量提交", "Run a batch"],
    ["逐项执行 {items}；某项被拒绝不影响其他项。", "Run {items} one after another; one that is refused does not stop the others."],
  ),
  "devnet:Advance": s(
    ["推进测试时间", "Advance the time"],
    ["将开发网络的时间推进到 {to}。", "Move the time of the development network to {to}."],
  ),
};
