//! Fewer points for the same line: largest triangle three buckets.
//!
//! After S. Steinarsson, “Downsampling time series for visual representation” (2013): of each bucket of neighbours
//! the point is kept that spans the largest triangle with the point before and the mean of the bucket behind.

/// The indices of at most `limit` points that keep the look of the line; the first and the last are among them.
pub(in crate::render) fn pick(points: &[(f64, f64)], limit: usize) -> Vec<usize> {
    if points.len() <= limit || limit < 3 {
        return (0..points.len()).collect();
    }
    let last = points.len() - 1;
    let buckets = limit - 2;
    let start_of = |bucket: usize| 1 + bucket * (last - 1) / buckets;
    let mut picked = vec![0];
    let mut before = points.first().copied().unwrap_or_default();
    for bucket in 0..buckets {
        let (start, end) = (start_of(bucket), start_of(bucket + 1));
        let behind = mean(points.get(end..start_of(bucket + 2).clamp(end + 1, last + 1)).unwrap_or_default());
        let candidates = points.get(start..end).unwrap_or_default();
        let area = |(_, point): &(usize, &(f64, f64))| triangle(before, **point, behind);
        let best = candidates.iter().enumerate().max_by(|a, b| area(a).total_cmp(&area(b)));
        if let Some((offset, point)) = best {
            picked.push(start + offset);
            before = *point;
        }
    }
    picked.push(last);
    picked
}

#[expect(clippy::cast_precision_loss, reason = "a bucket holds far less than 2^52 points")]
fn mean(points: &[(f64, f64)]) -> (f64, f64) {
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    let count = points.len().max(1) as f64;
    (x / count, y / count)
}

/// Twice the area, which is as good for comparing.
fn triangle(a: (f64, f64), b: (f64, f64), c: (f64, f64)) -> f64 {
    ((a.0 - c.0) * (b.1 - a.1) - (a.0 - b.0) * (c.1 - a.1)).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_peaks_stay() {
        let line: Vec<(f64, f64)> = (0..10_000).map(|x| (f64::from(x), if x == 4321 { 9.0 } else { 0.0 })).collect();
        let picked = pick(&line, 500);
        assert_eq!(picked.len(), 500);
        assert_eq!((picked[0], picked[499]), (0, 9999));
        assert!(picked.contains(&4321));
        assert!(picked.is_sorted());
    }

    #[test]
    fn few_points_all_stay() {
        assert_eq!(pick(&[], 10), Vec::<usize>::new());
        assert_eq!(pick(&[(0.0, 1.0), (1.0, 1.0)], 10), vec![0, 1]);
    }
}
