package io.tributary.stream;

import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.jspecify.annotations.Nullable;

/**
 * Admits the number of a draw as soon as the draw would not be staler than allowed when it is used,
 * unless sampling is paused. Nothing else throttles sampling against learning. The gate holds back
 * at most one number and discards none. Lowering the bound on staleness does not revoke what is
 * already admitted; the next draw waits longer.
 */
final class AdmissionGate
    extends AbstractGraphStageWithMaterializedValue<
        FlowShape<Long, AdmittedDraw>, AdmissionGate.Control> {

  /** Tells a running gate how far learning has got; safe for use by several threads. */
  interface Control {

    /**
     * One more batch was learned, the bootstrap or one of training; draws admitted from now on need
     * this version of the proposal. An older version than before changes nothing.
     */
    void advance(long proposalVersion);

    /**
     * The next batch takes so many sequences more: some went into no batch and must be replaced, or
     * the bootstrap goes on.
     */
    void extend(long sequences);
  }

  private final Inlet<Long> in = Inlet.create("AdmissionGate.in");
  private final Outlet<AdmittedDraw> out = Outlet.create("AdmissionGate.out");
  private final StreamSettings settings;
  private final StreamListener listener;
  private final LongSupplier nanoTime;

  AdmissionGate(StreamSettings settings, StreamListener listener, LongSupplier nanoTime) {
    this.settings = settings;
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  @Override
  public FlowShape<Long, AdmittedDraw> shape() {
    return FlowShape.of(in, out);
  }

  @Override
  public Pair<GraphStageLogic, Control> createLogicAndMaterializedValuePair(Attributes attributes) {
    Logic logic = new Logic();
    return Pair.create(logic, logic);
  }

  private final class Logic extends GraphStageLogic implements InHandler, OutHandler, Control {
    private final AsyncCallback<Long> advances = createAsyncCallback(this::onAdvance);
    private final AsyncCallback<Long> extensions = createAsyncCallback(this::onExtension);
    private final AsyncCallback<Done> changes = createAsyncCallback(changed -> onLimit());
    private long proposalVersion = settings.plan().proposalVersion();
    private boolean bootstrapping = settings.plan().bootstraps();
    private long due = settings.plan().firstDue();
    private long learnedBatches;
    private @Nullable Long held;
    private boolean closed;

    Logic() {
      super(AdmissionGate.this.shape());
      setHandlers(in, out, this);
    }

    @Override
    public void onPush() {
      held = grab(in);
      admit();
    }

    @Override
    public void onUpstreamFinish() {
      if (held == null) {
        completeStage();
      }
    }

    @Override
    public void onPull() {
      pull(in);
    }

    @Override
    public void advance(long version) {
      advances.invoke(version);
    }

    @Override
    public void extend(long sequences) {
      extensions.invoke(sequences);
    }

    @Override
    public void preStart() {
      settings.onChange(() -> changes.invoke(Done.getInstance()));
      listener.limitChanged(settings.plan().limit(due));
    }

    @Override
    public void postStop() {
      open();
    }

    private void onAdvance(Long version) {
      if (!bootstrapping) {
        learnedBatches++;
      }
      bootstrapping = false;
      due += settings.plan().batchSequences();
      proposalVersion = Math.max(proposalVersion, version);
      onLimit();
    }

    private void onExtension(Long sequences) {
      due += sequences;
      onLimit();
    }

    private void onLimit() {
      listener.limitChanged(settings.plan().limit(due));
      admit();
    }

    private void admit() {
      Long draw = held;
      if (draw == null) {
        return;
      }
      boolean paused = settings.paused().sampling();
      if (!settings.plan().admits(draw, due) && !paused) {
        close();
        return;
      }
      open();
      if (paused) {
        return;
      }
      held = null;
      push(out, new AdmittedDraw(draw, proposalVersion, learnedBatches, nanoTime.getAsLong()));
      if (isClosed(in)) {
        completeStage();
      }
    }

    private void close() {
      if (!closed) {
        closed = true;
        listener.admissionClosed();
      }
    }

    private void open() {
      if (closed) {
        closed = false;
        listener.admissionOpened();
      }
    }
  }
}
