// The decision workload of bench/decide.ts, asked of cedar-go. Reads the workload as JSON from standard input, checks
// every answer, and writes the decisions a second of each case as JSON to standard output.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	cedar "github.com/cedar-policy/cedar-go"
)

type question struct {
	Principal   string `json:"principal"`
	Action      string `json:"action"`
	Bucket      string `json:"bucket"`
	Key         string `json:"key"`
	Team        string `json:"team"`
	Mfa         bool   `json:"mfa"`
	WantFive    bool   `json:"wantFive"`
	WantHundred bool   `json:"wantHundred"`
	WantAlike   bool   `json:"wantAlike"`
}

type workload struct {
	Scoped    string            `json:"scoped"`
	Unscoped  string            `json:"unscoped"`
	Alike     string            `json:"alike"`
	Own       map[string]string `json:"own"`
	Entities  json.RawMessage   `json:"entities"`
	Questions []question        `json:"questions"`
	RoundMs   int               `json:"roundMs"`
	Rounds    int               `json:"rounds"`
}

func main() {
	var given workload
	must(json.NewDecoder(os.Stdin).Decode(&given))
	var entities cedar.EntityMap
	must(json.Unmarshal(given.Entities, &entities))
	scoped, unscoped := policySet(given.Scoped), policySet(given.Unscoped)
	own := map[string]*cedar.PolicySet{}
	for principal, text := range given.Own {
		own[principal] = policySet(text)
	}

	requests := make([]cedar.Request, len(given.Questions))
	for i, q := range given.Questions {
		requests[i] = cedar.Request{
			Principal: cedar.NewEntityUID("User", cedar.String(q.Principal)),
			Action:    cedar.NewEntityUID("Action", cedar.String(q.Action)),
			Resource:  cedar.NewEntityUID("Object", "object"),
			Context: cedar.NewRecord(cedar.RecordMap{
				"arn":  cedar.String("arn:aws:s3:::" + q.Bucket + "/" + q.Key),
				"team": cedar.String(q.Team),
				"mfa":  cedar.Boolean(q.Mfa),
			}),
		}
	}

	measure := func(decide func(i int) cedar.Decision, want func(q question) bool) float64 {
		best := 0.0
		for round := 0; round < given.Rounds; round++ {
			asked, start := 0, time.Now()
			for time.Since(start) < time.Duration(given.RoundMs)*time.Millisecond {
				for i := range requests {
					if (decide(i) == cedar.Allow) != want(given.Questions[i]) {
						fmt.Fprintf(os.Stderr, "wrong answer to question %d\n", i)
						os.Exit(1)
					}
				}
				asked += len(requests)
			}
			best = max(best, float64(asked)/time.Since(start).Seconds())
		}
		return best
	}
	five := func(q question) bool { return q.WantFive }
	hundred := func(q question) bool { return q.WantHundred }
	with := func(set *cedar.PolicySet) func(int) cedar.Decision {
		return func(i int) cedar.Decision {
			decision, _ := cedar.Authorize(set, entities, requests[i])
			return decision
		}
	}
	must(json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"fiveOfHundred": measure(with(scoped), five),
		"hundred":       measure(with(unscoped), hundred),
		"alike":         measure(with(policySet(given.Alike)), func(q question) bool { return q.WantAlike }),
		"fiveAlone": measure(func(i int) cedar.Decision {
			decision, _ := cedar.Authorize(own[given.Questions[i].Principal], entities, requests[i])
			return decision
		}, five),
	}))
}

func policySet(text string) *cedar.PolicySet {
	set, err := cedar.NewPolicySetFromBytes("workload.cedar", []byte(text))
	must(err)
	return set
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
