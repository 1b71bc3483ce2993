#pragma once

#include <fairlead/unique_fd.hpp>

#include <atomic>
#include <string>
#include <thread>

namespace fairlead {

/// Stands between Unison and its other half on a host, and lets it come as far as having read what
/// both sides remember; the answer to that is kept back until somebody writes into a FIFO. What
/// comes next is Unison's first look at the files.
class Gate {
 public:
  /// `in` and `out` are Unison's ends.
  Gate(std::string fifo, UniqueFd in, UniqueFd out);
  /// Passes on what is left, and waits for nobody any more.
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// The ends for the command on the host; to be taken once.
  UniqueFd take_in() { return std::move(in_there_); }
  UniqueFd take_out() { return std::move(out_there_); }

 private:
  void pass_questions(UniqueFd from, UniqueFd to);
  void pass_answers(UniqueFd from, UniqueFd to);
  void wait_until_open(int from) const;

  std::string fifo_;
  UniqueFd in_there_;
  UniqueFd out_there_;
  UniqueFd end_;  ///< an eventfd: readable once nobody waits any more
  std::atomic<bool> is_shut_ = false;
  std::thread questions_;
  std::thread answers_;
};

}  // namespace fairlead
