#include "peer.hpp"

#include "message.hpp"

namespace fairlead::rpc {

Peer::Peer(Deliver deliver) : deliver_(std::move(deliver)) {
  thread_ = std::jthread([this] { deliver_all(); });
}

Peer::~Peer() {
  flush();
  close();
}

void Peer::send(const std::string& message) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || waiting_bytes_ < most_waiting; });
  if (closed_) return;
  waiting_bytes_ += message.size();
  waiting_.push_back(message);
  changed_.notify_all();
}

void Peer::answer(const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  waiting_bytes_ += message.size();
  waiting_.push_back(message);
  changed_.notify_all();
}

void Peer::wait_for_room(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return closed_ || waiting_bytes_ < 2 * most_waiting; });
}

std::optional<std::string> Peer::ask(std::string_view method, const std::string& params,
                                     std::chrono::seconds most, const std::stop_token& stop) {
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return std::nullopt;
    id = "\"fairlead-" + std::to_string(++last_question_) + '"';
    questions_[id] = std::nullopt;
  }
  send(request_text(id, method, params));
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, most, [&] { return closed_ || questions_[id].has_value(); });
  auto answer = std::move(questions_[id]);
  questions_.erase(id);
  lock.unlock();
  // The client's dialog is of no use any more.
  if (!answer) this->answer(notification_text("$/cancelRequest", R"({"id":)" + id + '}'));
  return answer;
}

void Peer::answered(const std::string& id, std::string result) {
  const std::lock_guard lock(mutex_);
  const auto question = questions_.find(id);
  if (question == questions_.end()) return;
  question->second = std::move(result);
  changed_.notify_all();
}

void Peer::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  end_.request_stop();
  changed_.notify_all();
}

void Peer::flush() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(10),
                    [&] { return closed_ || (waiting_.empty() && !delivering_); });
}

void Peer::deliver_all() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
    if (closed_) return;
    const auto message = std::move(waiting_.front());
    waiting_.pop_front();
    delivering_ = true;
    lock.unlock();
    const bool delivered = deliver_(message, end_.get_token());
    lock.lock();
    delivering_ = false;
    waiting_bytes_ -= message.size();
    closed_ = closed_ || !delivered;
    changed_.notify_all();
  }
}

}  // namespace fairlead::rpc
