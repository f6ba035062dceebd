package api

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what the API counts.
type metrics struct {
	requests  *prometheus.HistogramVec // seconds by route and status
	submitted *prometheus.CounterVec   // transactions by what the mempool said
}

// newMetrics registers the API's collectors. Each has the prefix scf_.
func newMetrics(s *Server) (metrics, error) {
	m := metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "scf_api_request_seconds", Help: "Time to answer a request, by route and status.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2, 10, 60},
		}, []string{"route", "status"}),
		submitted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "scf_transactions_submitted_total", Help: "Transactions submitted to this node, by the code of the answer.",
		}, []string{"code"}),
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	var errs []error
	for _, c := range []prometheus.Collector{
		m.requests, m.submitted,
		gauge("scf_height", "Height of the last committed block.", func() float64 { return float64(s.Store.Head().Height) }),
		gauge("scf_block_time_seconds", "Time of the last committed block, Unix seconds.",
			func() float64 { return float64(s.Store.Head().Time) / 1000 }),
		gauge("scf_peers", "Connected peers.", func() float64 { return float64(s.Engine.Peers()) }),
		gauge("scf_mempool_transactions", "Transactions waiting for a block.", func() float64 { return float64(s.Engine.Waiting()) }),
		gauge("scf_outcome_waits", "Transactions whose outcome clients wait for.", func() float64 { return float64(s.Finals.Waiting()) }),
	} {
		errs = append(errs, s.Metrics.Register(c))
	}
	return m, errors.Join(errs...)
}
