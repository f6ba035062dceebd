package member_test

import (
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/member/membertest"
)

func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		s := &membertest.Scenario{Functions: membertest.Functions()}
		datadriven.RunTest(t, path, s.Run)
	})
}
