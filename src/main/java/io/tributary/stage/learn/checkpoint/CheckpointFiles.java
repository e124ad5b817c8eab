package io.tributary.stage.learn.checkpoint;

import com.google.gson.JsonParseException;
import io.tributary.data.BadInputException;
import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.io.LastingFiles;
import io.tributary.model.DecoderConfig;
import io.tributary.model.TensorLayout;
import io.tributary.tensor.FloatType;
import io.tributary.tensor.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of one checkpoint: weights, moments of the optimizer, state of the learner, and a
 * manifest of them that is written last.
 *
 * @param directory holds them
 */
public record CheckpointFiles(Path directory) {
  private static final String POLICY = "policy.safetensors";
  private static final String PROPOSAL = "proposal.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String VALUE_HEAD = "value-head.safetensors";
  private static final String STATE = "state.json";

  /** Makes the directory, writes the checkpoint into it and flushes it all to disk. */
  Manifest write(Checkpoint checkpoint) throws IOException {
    Files.createDirectory(directory);
    TensorLayout model = checkpoint.model().tensors();
    model.write(directory.resolve(POLICY), checkpoint.policy(), FloatType.F32);
    model.write(directory.resolve(PROPOSAL), checkpoint.proposal(), FloatType.F32);
    SafeTensors.write(directory.resolve(OPTIMIZER), checkpoint.optimizer(), FloatType.F32);
    List<String> files = new ArrayList<>(List.of(POLICY, PROPOSAL, OPTIMIZER, STATE));
    if (!checkpoint.valueHead().isEmpty()) {
      SafeTensors.write(directory.resolve(VALUE_HEAD), checkpoint.valueHead(), FloatType.F32);
      files.add(VALUE_HEAD);
    }
    LastingFiles.write(directory.resolve(STATE), checkpoint.state().toJson());
    Manifest manifest = Manifest.of(directory, files);
    LastingFiles.write(directory.resolve(Manifest.NAME), manifest.toJson());
    LastingFiles.flushDirectory(directory);
    return manifest;
  }

  /**
   * Compares all files with the manifest.
   *
   * @throws IOException naming the file that is damaged, and how
   */
  Manifest verify() throws IOException {
    return Manifest.verify(directory);
  }

  /** Whether the learner's state was written as exactly this one. */
  boolean hasState(LearnerState state) throws IOException {
    return Files.readString(directory.resolve(STATE)).equals(state.toJson());
  }

  /**
   * Reads the learner's state without verifying the other files.
   *
   * @throws IOException if it can't be read
   * @throws JsonParseException if it is not JSON
   * @throws BadInputException if it is not a state
   */
  LearnerState state() throws IOException {
    return LearnerState.fromJson(Files.readString(directory.resolve(STATE)));
  }

  /**
   * Refuses a checkpoint in a format newer than this program.
   *
   * @throws BadInputException if a newer program has written it
   */
  void requireKnownFormat() {
    int format = Manifest.format(directory);
    if (format > Manifest.FORMAT) {
      throw new BadInputException(
          "%s has format %d, this program knows formats up to %d; use a newer program, or --resume=STEP of an older checkpoint that this one can read"
              .formatted(directory, format, Manifest.FORMAT));
    }
  }

  /**
   * Reads the checkpoint.
   *
   * @throws BadInputException if it is not whole, or of another model
   */
  Checkpoint read(DecoderConfig model) {
    try {
      boolean valued = verify().files().containsKey(VALUE_HEAD);
      return new Checkpoint(
          model,
          state(),
          model.tensors().read(directory.resolve(POLICY)),
          model.tensors().read(directory.resolve(PROPOSAL)),
          tensors(directory.resolve(OPTIMIZER)),
          valued ? tensors(directory.resolve(VALUE_HEAD)) : List.of());
    } catch (IOException | JsonParseException e) {
      throw new BadInputException(directory + " can't be used: " + e.getMessage(), e);
    }
  }

  private static List<TensorBytes> tensors(Path file) {
    return List.copyOf(SafeTensors.read(file, name -> true).values());
  }

  /**
   * Reads the policy's weights alone.
   *
   * @param base weights of the base model that the run was started with
   * @throws BadInputException if it is not a whole checkpoint, or one of another base model
   */
  public List<TensorBytes> policy(DecoderConfig model, List<TensorBytes> base) {
    LearnerState state;
    try {
      verify();
      state = state();
    } catch (IOException | JsonParseException e) {
      throw new BadInputException(directory + " is not a whole checkpoint: " + e.getMessage(), e);
    }
    if (!state.identity().isOfBase(Fingerprint.of(base))) {
      throw new BadInputException(
          "%s was made with another base model; expected the one that the run was started with"
              .formatted(directory));
    }
    return model.tensors().read(directory.resolve(POLICY));
  }
}
