package io.tributary.serve;

import io.tributary.config.binding.Setting;
import io.tributary.protocol.ServiceControl;
import io.tributary.protocol.ServiceControl.ConfigView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it is asked for, and answers what it is told to. */
public final class RecordedControl implements ServiceControl {
  public final List<String> calls = new CopyOnWriteArrayList<>();
  volatile CompletionStage<Answer> answer = CompletableFuture.completedFuture(new Done("as asked"));

  @Override
  public CompletionStage<Answer> perform(Action action, String from) {
    calls.add(action + " from " + from);
    return answer;
  }

  @Override
  public CompletionStage<Answer> perform(NodeAction action, String node, String from) {
    calls.add(action + " " + node + " from " + from);
    return answer;
  }

  @Override
  public CompletionStage<Answer> change(Map<String, String> values, String from) {
    calls.add(new TreeMap<>(values) + " from " + from);
    return answer;
  }

  @Override
  public ConfigView config() {
    return new ConfigView(
        new TreeMap<>(
            Map.of(
                "run.name",
                new Setting("\"tiny\"", "tiny.conf: 2", false),
                "samplers.count",
                new Setting("2", "changed", true))),
        List.of(
            new ConfigView.Change(
                Instant.parse("2026-01-01T00:00:00Z"),
                "127.0.0.1:4711",
                "samplers.count",
                "1",
                "2")));
  }
}
