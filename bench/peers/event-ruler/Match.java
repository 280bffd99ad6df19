// AWS's event-ruler asked what bench/events.ts asks of Redoubt. Reads the questions as JSON from standard input and writes the
// answers as JSON to standard output: what it refuses, each pattern beside each event alone, and all patterns as one machine.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.GenericMachine;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.Ruler;
import software.amazon.event.ruler.RuleCompiler;

public class Match {
  public static void main(String[] args) throws Exception {
    ObjectMapper json = new ObjectMapper();
    Map<String, Object> asked = json.readValue(System.in, Map.class);
    List<List<String>> pairs = (List<List<String>>) asked.getOrDefault("pairs", List.of());
    List<String> checked = (List<String>) asked.getOrDefault("checked", List.of());
    List<String> patterns = (List<String>) asked.getOrDefault("patterns", List.of());
    List<String> events = (List<String>) asked.getOrDefault("events", List.of());

    List<Object> reasons = new ArrayList<>();
    for (String pattern : checked) reasons.add(refusal(pattern));
    List<Object> alone = new ArrayList<>();
    for (List<String> pair : pairs) alone.add(matches(pair.get(0), pair.get(1)));

    GenericMachine<Integer> machine = new GenericMachine<>();
    for (int i = 0; i < patterns.size(); i++) machine.addRule(i, patterns.get(i));
    List<Object> together = new ArrayList<>();
    for (String event : events) together.add(machine.rulesForJSONEvent(event));
    List<JsonNode> read = new ArrayList<>();
    for (String event : events) read.add(json.readTree(event));
    int rounds = patterns.isEmpty() ? 0 : number(asked, "rounds");
    int roundMs = number(asked, "roundMs");
    double text = rate(events, machine::rulesForJSONEvent, rounds, roundMs);
    double node = rate(read, machine::rulesForJSONEvent, rounds, roundMs);
    Map<String, Double> rates = Map.of("text", text, "read", node);
    json.writeValue(System.out, Map.of("reasons", reasons, "alone", alone, "together", together, "rates", rates));
  }

  /** Null where a pattern is taken: an operator `$or`, or else a field of that name. */
  static String refusal(String pattern) {
    String reason = JsonRuleCompiler.check(pattern);
    if (reason == null || !pattern.contains("\"$or\"")) return reason;
    return RuleCompiler.check(pattern) == null ? null : reason;
  }

  static Object matches(String pattern, String event) {
    try {
      return Ruler.matchesRule(event, pattern);
    } catch (Exception | AssertionError reason) {
      return String.valueOf(reason.getMessage());
    }
  }

  static int number(Map<String, Object> asked, String name) {
    return ((Number) asked.getOrDefault(name, 0)).intValue();
  }

  interface Matching<T> {
    Object of(T event) throws Exception;
  }

  /** Events a second in the best round. */
  static <T> double rate(List<T> events, Matching<T> matching, int rounds, int roundMs) throws Exception {
    double best = 0;
    for (int round = 0; round < rounds; round++) {
      long matched = 0;
      long start = System.nanoTime();
      while (System.nanoTime() - start < roundMs * 1_000_000L) {
        for (T event : events) {
          matching.of(event);
          matched++;
        }
      }
      best = Math.max(best, matched * 1e9 / (System.nanoTime() - start));
    }
    return best;
  }
}
