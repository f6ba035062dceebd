package chaincode

import (
	"github.com/tierledger/tierledger/chaincode/alert"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// agreements is what lies behind every settlement.
var agreements settlement.Agreements = clearing.Flow{}

func financingFunctions() []operation {
	return []operation{
		define("financing:Request", "maker of a holder", financing.Request,
			ofAmount(financing.RequestArgument.Amount), holding(financing.RequestHolds)),
		define("financing:Quote", "maker of a funder", financing.Quote, worth(financing.QuotedAmount)),
		define("financing:WithdrawQuote", "maker of the funder", financing.WithdrawQuote),
		define("financing:Select", "maker of the holder", financing.Select, worth(financing.AmountOf)),
		define("financing:PostRate", "maker of a funder", financing.PostRate,
			ofAmount(financing.RateArgument.Bound)),
		define("financing:CloseRate", "maker of the funder", financing.CloseRate),
		define("financing:TakeRate", "maker of a holder", financing.TakeRate,
			ofAmount(financing.TakeRateArgument.Amount), holding(financing.TakeRateHolds)),
		define("financing:Guarantee", "maker of the guarantor", financing.Guarantee, worth(financing.GuaranteedAmount)),
		define("financing:BearShare", "maker of the debtor", financing.BearShare, worth(financing.ShareAmount)),
		define("financing:Resell", "maker of the bank that sells", financing.Resell,
			ofAmount(financing.ResellArgument.Amount), holding(financing.ResellHolds),
			byCounterparty(financing.ResellCounterparty)),
		define("financing:BuyBack", "maker of the bank or of the seller", financing.BuyBack,
			ofAmount(financing.BuyBackArgument.Amount), byCounterparty(financing.BuyBackCounterparty)),
		define("financing:Repay", "maker of the borrower", financing.Repay,
			ofAmount(financing.RepayArgument.RepaidAmount)),
		define("financing:PostDiscount", "maker of a debtor", financing.PostDiscount,
			ofAmount(financing.DiscountArgument.Bound)),
		define("financing:CloseDiscount", "maker of the debtor", financing.CloseDiscount),
		define("financing:TakeDiscount", "maker of a holder or of a funder", financing.TakeDiscount,
			ofAmount(financing.TakeDiscountArgument.Fen), holding(financing.TakeDiscountHolds)),
		define("financing:PaidOutside", "maker of the debtor or of the holder", financing.PaidOutside,
			ofAmount(financing.PaidOutsideArgument.Amount), holding(financing.PaidOutsideHolds),
			byCounterparty(financing.PaidOutsideCounterparty)),
		define("registration:Record", "maker of the funder", registration.Record),
	}
}

// settlementFunctions are the value flow, with what lies behind it.
func settlementFunctions() []operation {
	return []operation{
		define("settlement:Instruct", "maker of the payer's bank", flow(settlement.Instruct), worth(settlement.AmountOf)),
		define("settlement:Advise", "maker of the payee's bank or of the payer's", flow(settlement.Advise),
			ofAmount(settlement.AdviceArgument.Paid)),
		define("settlement:Confirm", "maker of the payee", flow(settlement.Confirm), ofAmount(settlement.AdviceArgument.Paid)),
		define("settlement:Dispute", "maker of the payee", settlement.Dispute),
		define("settlement:NotPaid", "maker of the payer's bank", flow(settlement.NotPaid), worth(settlement.UnpaidAmount)),
		define("settlement:Cancel", "maker of the payer or of the payee", flow(settlement.Cancel)),
	}
}

// clearingFunctions are the clearing at maturity and what follows when it falls short.
func clearingFunctions() []operation {
	return []operation{
		define("clearing:ConfirmFunds", "maker of the debtor's bank", clearing.ConfirmFunds,
			ofAmount(clearing.ConfirmFundsArgument.Funds)),
		define("clearing:Report", "maker of the payer's bank or of the payee's", flow(clearing.Take),
			ofAmount(clearing.ReportArgument.Reported)),
		define("clearing:Replace", "maker of the payer's bank", flow(clearing.Replace)),
		define("clearing:Drop", "maker of the payer's bank, or of the payee that has waited", flow(clearing.Drop)),
		define("clearing:Direct", "maker of an institution", clearing.Direct, byQuorum(record.QuorumInstitution)),
		define("clearing:Recourse", "maker of the bank", clearing.Recourse),
		define("clearing:CallGuarantee", "maker of the bank", clearing.CallGuarantee),
		define("clearing:OfferExtension", "maker of the debtor", clearing.OfferExtension),
		define("clearing:AcceptExtension", "maker of the holder", clearing.AcceptExtension),
		define("clearing:ConsentToExtension", "maker of the line's bank, a pledgee, guarantor or seller", clearing.ConsentToExtension),
		define("clearing:WithdrawExtension", "maker of the debtor", clearing.WithdrawExtension),
		define("clearing:Waive", "maker of the creditor", flow(clearing.Waive), byQuorum(record.QuorumChecker)),
		define("clearing:ConsentToWaiver", "maker of the pledgee", clearing.ConsentToWaiver),
		define("alert:Answer", "maker of an institution, or of any member to explain", alert.Answer),
	}
}

// flow gives a function of the value flow what lies behind settlements.
func flow[A, R any](fn func(*world.World, settlement.Agreements, A) (R, error)) func(*world.World, A) (R, error) {
	return func(w *world.World, in A) (R, error) { return fn(w, agreements, in) }
}

// endingSettlements has what lies behind settlements follow when a court's order
// has moved fen from under them.
func endingSettlements[A any](fn func(*world.World, A) (certificate.OrderResult, error)) func(*world.World, A) (certificate.OrderResult, error) {
	return func(w *world.World, in A) (certificate.OrderResult, error) {
		result, err := fn(w, in)
		if err != nil {
			return result, err
		}
		for _, id := range result.Ended {
			s, err := settlement.Get(w, id)
			if err != nil {
				return result, err
			}
			if err := agreements.Ended(w, s); err != nil {
				return result, err
			}
		}
		return result, nil
	}
}

// lapseSettled does what time brings to financings and clearings, for the sweep.
func lapseSettled(w *world.World, due record.Due) error {
	switch due.Kind {
	case record.DueQuote:
		return financing.LapseQuote(w, due)
	case record.DueReminder:
		return clearing.Remind(w, due)
	case record.DueClearing:
		return clearing.Enter(w, agreements, due)
	case record.DueRound:
		return clearing.Divide(w, due)
	case record.DueExtension:
		return clearing.LapseExtension(w, due)
	default:
		return settlement.Lapse(w, agreements, due)
	}
}
