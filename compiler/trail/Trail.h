// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `--dump-ir`: what each pass of a compile changed, as files a person reads.

#ifndef NIELLO_COMPILER_TRAIL_TRAIL_H
#define NIELLO_COMPILER_TRAIL_TRAIL_H

#include "compiler/trail/Lines.h"
#include "compiler/trail/Nodes.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace niello {

class Trail {
public:
  /// Makes the folder if need be. A folder that holds anything but an earlier
  /// trail, or cannot be written to, is an error; of an earlier trail the files
  /// are removed.
  static llvm::Expected<std::unique_ptr<Trail>> create(llvm::StringRef folder,
                                                       llvm::StringRef model);

  /// Follows the passes of one stage. The trail has to outlive their run.
  void watch(mlir::PassManager &passes, llvm::StringRef stage);

  /// The nodes of the model, and where the plan has them. Without a plan the
  /// index does not say where they went.
  void begin(std::vector<SourceNode> all) { nodes = std::move(all); }
  void place(mlir::ModuleOp plan) { places = placeNodes(nodes, plan); }
  bool isPlaced() const { return places.has_value(); }

  /// Writes index.md. Each file is whole or not there; the error is that of the
  /// first one that could not be written, after which none was.
  llvm::Error finish();

private:
  friend class TrailWatcher;

  /// One pass, as a row of the index.
  struct Step {
    std::string stage, pass, summary, file;
    size_t before = 0, after = 0; ///< operations
    double seconds = 0;
    bool failed = false;
  };
  /// An operation directly inside the module.
  struct Piece {
    std::string key;   ///< symbol: @main
    std::string title; ///< with its kind: func.func @main
    bool isModule;
    mlir::OperationFingerPrint print;
    std::shared_ptr<const std::vector<Line>> lines;
  };
  /// In the order of the text.
  struct Pieces {
    std::vector<Piece> all;
    llvm::StringMap<size_t> places;

    void add(Piece piece) {
      places[piece.key] = all.size();
      all.push_back(std::move(piece));
    }
    const Piece *find(llvm::StringRef key) const {
      auto found = places.find(key);
      return found == places.end() ? nullptr : &all[found->second];
    }
  };

  Trail(llvm::StringRef folder, llvm::StringRef model)
      : folder(folder), model(model) {}

  void writeBegin(mlir::ModuleOp module);
  std::string placesText() const;
  void add(mlir::ModuleOp module, Step step);
  /// The module's pieces; of those with the fingerprint that `pieces` has, the
  /// lines that are known.
  Pieces look(mlir::ModuleOp module, size_t &operations) const;
  void addPieces(class ChangeWriter &writer, const Pieces &now) const;
  void write(llvm::StringRef name, llvm::StringRef text);

  std::string folder, model, suffix;
  Pieces pieces;
  size_t operations = 0;
  bool begun = false;
  std::vector<Step> steps;
  std::vector<SourceNode> nodes;
  std::optional<NodePlaces> places;
  std::string problem;
};

} // namespace niello

#endif // NIELLO_COMPILER_TRAIL_TRAIL_H
